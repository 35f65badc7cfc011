#include "net/timer.h"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace pforte::net {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart{100h};

class Alarm final : public Timer {
 public:
  explicit Alarm(
      TimerWheel& wheel, std::function<void()> on_fire = [] {})
      : Timer(wheel), on_fire_(std::move(on_fire)) {}
  int fired = 0;

 private:
  void on_time() override {
    ++fired;
    std::function<void()> call = on_fire_;
    call();  // may destroy this
  }
  std::function<void()> on_fire_;
};

TEST_CASE("a timer fires once, never early, and within a tick") {
  for (Duration after : {Duration(0), Duration(1ms), Duration(15ms), Duration(16ms), Duration(17ms), Duration(1s),
                         Duration(16383ms), Duration(16384ms), Duration(20s), Duration(1h)}) {
    CAPTURE(after.count());
    TimerWheel wheel(kStart);
    Alarm alarm(wheel);
    Instant due = kStart + after;
    alarm.set(due);
    Instant now = kStart;
    for (; now < due; now += std::max<Duration>((due - now) / 2, 1us)) {
      wheel.advance(now);
      REQUIRE(alarm.fired == 0);
      REQUIRE(wheel.wait_ms(now) >= 0);
    }
    wheel.advance(due + 2 * TimerWheel::kTick);
    CHECK(alarm.fired == 1);
    CHECK(alarm.at() == kNever);
    wheel.advance(due + 1h);
    CHECK(alarm.fired == 1);
  }
}

TEST_CASE("a wheel that waits as long as it says wakes up in time for every timer") {
  std::mt19937 random(1);
  TimerWheel wheel(kStart);
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 500; ++i) {
    alarms.push_back(std::make_unique<Alarm>(wheel));
    alarms.back()->set(kStart + std::chrono::milliseconds(random() % 60'000));
  }
  Instant now = kStart;
  for (int turns = 0;; ++turns) {
    int wait = wheel.wait_ms(now);
    if (wait < 0) break;
    now += std::chrono::milliseconds(wait);
    wheel.advance(now);
    REQUIRE(turns < 10'000);
    for (const auto& alarm : alarms) {
      if (alarm->fired == 0) REQUIRE(alarm->at() > now - TimerWheel::kTick);
    }
  }
  for (const auto& alarm : alarms) CHECK(alarm->fired == 1);
}

TEST_CASE("a timer that is moved fires at its last instant, or not at all") {
  TimerWheel wheel(kStart);
  Alarm later(wheel);
  Alarm sooner(wheel);
  Alarm off(wheel);
  Alarm off_and_on(wheel);
  later.set(kStart + 100ms);
  later.set(kStart + 30s);
  sooner.set(kStart + 30s);
  sooner.set(kStart + 100ms);
  off.set(kStart + 100ms);
  off.set(kNever);
  off_and_on.set(kStart + 100ms);
  off_and_on.set(kNever);
  off_and_on.set(kStart + 200ms);
  wheel.advance(kStart + 130ms);
  CHECK(sooner.fired == 1);
  CHECK(off_and_on.fired == 0);
  wheel.advance(kStart + 230ms);
  CHECK(off_and_on.fired == 1);
  wheel.advance(kStart + 29s);
  CHECK(later.fired == 0);
  wheel.advance(kStart + 31s);
  CHECK(later.fired == 1);
  CHECK(off.fired == 0);
  CHECK(wheel.wait_ms(kStart + 31s) == -1);
}

TEST_CASE("a timer that fires may set itself and others, and take others with it") {
  TimerWheel wheel(kStart);
  std::vector<std::unique_ptr<Alarm>> alarms;
  int fired = 0;
  for (int i = 0; i < 10; ++i) {
    alarms.push_back(std::make_unique<Alarm>(wheel, [&] {
      ++fired;
      alarms.clear();
    }));
    alarms.back()->set(kStart + 10ms);
  }
  Alarm* again = nullptr;
  Alarm repeating(wheel, [&] { again->set(kStart + 50ms); });
  again = &repeating;
  repeating.set(kStart + 10ms);
  wheel.advance(kStart + 20ms);
  CHECK(fired == 1);
  CHECK(repeating.fired == 1);
  wheel.advance(kStart + 100ms);
  CHECK(repeating.fired >= 2);
}

TEST_CASE("a timer may outlive its wheel and go before it") {
  auto wheel = std::make_unique<TimerWheel>(kStart);
  Alarm alarm(*wheel);
  alarm.set(kStart + 1s);
  {
    Alarm brief(*wheel);
    brief.set(kStart + 1s);
  }
  wheel.reset();
}

}  // namespace
}  // namespace pforte::net
