#include "http/date.h"

#include <doctest/doctest.h>

#include "base/time.h"

namespace pforte::http {

TEST_CASE("a date is written as HTTP wants it") {
  struct Row {
    std::int64_t seconds;
    std::string_view want;
  };
  const Row rows[] = {
      {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},  {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {1709164799, "Wed, 28 Feb 2024 23:59:59 GMT"}, {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
      {4102444800, "Fri, 01 Jan 2100 00:00:00 GMT"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.seconds);
    CHECK(date_text(std::chrono::sys_seconds(std::chrono::seconds(row.seconds))) == row.want);
  }
}

TEST_CASE("a date is read in all three forms, and nothing else is one") {
  std::chrono::sys_seconds want(std::chrono::seconds(784111777));
  for (std::string_view good :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(good);
    CHECK(parse_date(good) == want);
  }
  for (std::string_view bad :
       {"", "0", "-1", "Sun", "Sun, ", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Xun, 06 Nov 1994 08:49:37 GMT",
        "Sun Nov  6 08:49:37 19", "784111777"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_date(bad));
  }
}

TEST_CASE("the date of now is one of the last seconds") {
  auto before = now_in_seconds();
  std::string now(date_now());
  bool recent = now == date_text(before) || now == date_text(before + std::chrono::seconds(1));
  CHECK(recent);
}

}  // namespace pforte::http
