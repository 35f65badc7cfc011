#include "acme/renewal_time.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

TEST_CASE("a certificate is renewed when a third of its life is left, or a little earlier") {
  Time begin{};
  CHECK(regular_renewal(begin, begin + days(90), 0) == begin + days(60));
  CHECK(regular_renewal(begin, begin + days(90), 500) == begin + days(60) - 36h);
  CHECK(regular_renewal(begin, begin + days(6), 0) == begin + days(4));
}

TEST_CASE("a window is used all along") {
  RenewalInfo window{.from = Time(1000s), .until = Time(2000s)};
  CHECK(renewal_within(window, 0) == Time(1000s));
  CHECK(renewal_within(window, 999) == Time(1999s));
}

TEST_CASE("after failures we wait longer and longer, up to a day") {
  CHECK(pause_after(1, 0s, 0) == 1min);
  CHECK(pause_after(2, 0s, 0) == 4min);
  CHECK(pause_after(3, 0s, 0) == 16min);
  CHECK(pause_after(10, 0s, 0) == 24h);
  CHECK(pause_after(1'000'000, 0s, 0) == 24h);
  CHECK(pause_after(1, 0s, 500) == 63s);
}

TEST_CASE("what the CA asks for is respected") {
  CHECK(pause_after(1, 1h, 0) == 1h);
  CHECK(pause_after(1, 48h, 0) == 48h);
}

TEST_CASE("the same names are always renewed at the same point of the range") {
  CHECK(spread_of("a.example b.example") == spread_of("a.example b.example"));
  CHECK(spread_of("a.example") < 1000);
}

}  // namespace
}  // namespace pforte::acme
