#include "http/overlong_head.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"

namespace pforte::http {

namespace {

constexpr std::string_view kBefore = "GET / HTTP/1.1\r\nHost: a\r\n";
constexpr std::string_view kBehind = "Accept: text/html\r\n";

std::string authorization(std::size_t bytes) {
  return cat("aUTHORIZATION: Negotiate ", std::string(bytes, 'A'), "\r\n");
}

}  // namespace

TEST_CASE("of a head that is too long all is known but Authorization, however its bytes are cut") {
  std::string head = cat(kBefore, authorization(500), "X-Authorization: 1\r\n", kBehind, "\r\n");
  for (std::size_t step : {1, 2, 7, 100, 1000}) {
    CAPTURE(step);
    OverlongHead overlong({.head_bytes = 200});
    std::string_view rest = head;
    OverlongHead::State state = OverlongHead::State::Incomplete;
    for (; !rest.empty(); rest.remove_prefix(std::min(step, rest.size()))) {
      REQUIRE(state == OverlongHead::State::Incomplete);
      state = overlong.take(rest.substr(0, step));
    }
    CHECK(state == OverlongHead::State::Complete);
    CHECK(overlong.known() == cat(kBefore, "X-Authorization: 1\r\n", kBehind, "\r\n"));
  }
}

TEST_CASE("a head that breaks off is known up to its last complete line") {
  OverlongHead overlong(Limits{});
  CHECK(overlong.take(cat("\r\n", kBefore, authorization(70'000), "Accept: te")) == OverlongHead::State::Incomplete);
  CHECK(overlong.known() == cat("\r\n", kBefore, "\r\n"));
}

TEST_CASE("neither a ticket nor the rest of a head is read without end") {
  OverlongHead ticket(Limits{});
  CHECK(ticket.take(kBefore) == OverlongHead::State::Incomplete);
  CHECK(ticket.take(authorization(OverlongHead::kMostBytes)) == OverlongHead::State::TooLong);
  CHECK(ticket.known() == cat(kBefore, "\r\n"));
  OverlongHead cookies({.head_bytes = 100});
  CHECK(cookies.take(cat(kBefore, "Cookie: ", std::string(100, 'x'))) == OverlongHead::State::TooLong);
  CHECK(cookies.known() == cat(kBefore, "\r\n"));
}

}  // namespace pforte::http
