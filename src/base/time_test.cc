#include "base/time.h"

#include <doctest/doctest.h>

namespace pforte {

TEST_CASE("now is the second that the clock shows, neither the last nor the next") {
  std::chrono::sys_seconds now = now_in_seconds();
  auto since = std::chrono::system_clock::now() - now;
  CHECK(since >= std::chrono::seconds(0));
  CHECK(since < std::chrono::seconds(5));
}

TEST_CASE("an instant is written in UTC, to the second") {
  using std::chrono::milliseconds;
  using Time = std::chrono::system_clock::time_point;
  CHECK(rfc3339(Time()) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339(Time(milliseconds(1'795'339'805'999))) == "2026-11-22T09:30:05Z");
}

TEST_CASE("an instant far in the future is written as well") {
  using namespace std::chrono;
  CHECK(rfc3339(sys_seconds(sys_days(2969y / May / 3) + 1h)) == "2969-05-03T01:00:00Z");
}

TEST_CASE("RFC 3339 is read with any distance from UTC, and without parts of a second") {
  struct Row {
    std::string_view text, instant;
  };
  const Row rows[] = {
      {"2024-03-01T00:00:00Z", "2024-03-01T00:00:00Z"},
      {"2024-03-01t00:00:00.999z", "2024-03-01T00:00:00Z"},
      {"2024-03-01T00:00:00+01:30", "2024-02-29T22:30:00Z"},
      {"2024-02-29T23:59:59.5-00:30", "2024-03-01T00:29:59Z"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto read = read_rfc3339(row.text);
    REQUIRE(read);
    CHECK(rfc3339(*read) == row.instant);
  }
}

TEST_CASE("what is no time of RFC 3339 is none") {
  for (std::string_view text :
       {"", "now", "2024-03-01", "2024-03-01T00:00:00", "2024-02-30T00:00:00Z", "2024-03-01T24:00:00Z",
        "2024-03-01T00:00:00.Z", "2024-03-01T00:00:00+1:00", "2024-03-01T00:00:00Z ", "2024-0a-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK(!read_rfc3339(text));
  }
}

TEST_CASE("an instant is written to the millisecond where that is wanted") {
  using namespace std::chrono;
  system_clock::time_point second = sys_days(2026y / November / 22) + 9h + 30min;
  CHECK(rfc3339_to_the_millisecond(second) == "2026-11-22T09:30:00.000Z");
  CHECK(rfc3339_to_the_millisecond(second + 7ms + 999us) == "2026-11-22T09:30:00.007Z");
  CHECK(rfc3339_to_the_millisecond(second + 999ms) == "2026-11-22T09:30:00.999Z");
  CHECK(rfc3339_to_the_millisecond(system_clock::time_point(-1ms)) == "1969-12-31T23:59:59.999Z");
}

}  // namespace pforte
