#include "acme/web.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

TEST_CASE("Retry-After is a number of seconds or a date") {
  // Sun, 06 Nov 1994 08:49:37 GMT
  std::chrono::sys_seconds now{784111777s};
  struct Row {
    std::string_view value;
    std::chrono::seconds after;
  };
  const Row rows[] = {{"0", 0s},
                      {"120", 120s},
                      {"99999999", 7 * 24h},
                      {"-5", 0s},
                      {"12 ", 0s},
                      {"", 0s},
                      {"soon", 0s},
                      {"Sun, 06 Nov 1994 08:50:37 GMT", 60s},
                      {"Sun, 06 Nov 1994 08:49:36 GMT", 0s}};
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CHECK(read_retry_after(row.value, now) == row.after);
  }
}

TEST_CASE("another chain is a link with the relation alternate") {
  CHECK(read_alternate(R"(<https://ca/cert/1/1>;rel="alternate")") == "https://ca/cert/1/1");
  CHECK(read_alternate("<https://ca/cert/1/1>; rel=alternate; title=x") == "https://ca/cert/1/1");
  CHECK(read_alternate(R"(<https://ca/directory>;rel="index")") == "");
  CHECK(read_alternate("https://ca/cert;rel=alternate") == "");
  CHECK(read_alternate("") == "");
}

}  // namespace
}  // namespace pforte::acme
