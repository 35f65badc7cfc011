#include "http/anomalies.h"

#include <doctest/doctest.h>

namespace pforte::http {
namespace {

using namespace std::chrono_literals;

TEST_CASE("seldom is fine, always is an attack") {
  net::Instant now{};
  now += 1h;
  Anomalies anomalies;
  for (int i = 0; i < Anomalies::kMost; ++i) REQUIRE(anomalies.add(1, now));
  CHECK(!anomalies.add(1, now));
}

TEST_CASE("points fade") {
  net::Instant now{};
  Anomalies anomalies;
  for (int second = 0; second < 1000; ++second) {
    now += 1s;
    REQUIRE(anomalies.add(Anomalies::kFadePerSecond, now));
  }
  CHECK(!anomalies.add(Anomalies::kMost, now));
}

TEST_CASE("many small steps in time fade as much as one") {
  net::Instant now{};
  now += 1h;
  Anomalies anomalies;
  CHECK(anomalies.add(Anomalies::kMost, now));
  for (int i = 0; i < 1000; ++i) {
    now += 1ms;
    anomalies.add(0, now);
  }
  CHECK(anomalies.add(Anomalies::kFadePerSecond - 1, now));
}

}  // namespace
}  // namespace pforte::http
