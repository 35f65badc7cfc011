#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace pforte::net {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using Duration = Clock::duration;

inline constexpr Instant kNever = Instant::max();

class TimerWheel;

// Something that happens at an instant unless that is moved. Moving it further away is one store: the timer stays
// where it lies in the wheel and looks again when its old place comes by.
class Timer {
 public:
  explicit Timer(TimerWheel& wheel) : wheel_(wheel) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // kNever switches it off. Fires once, within TimerWheel::kTick after `at`.
  void set(Instant at);
  Instant at() const { return at_; }

 protected:
  ~Timer() { unlink(); }
  // May destroy the timer.
  virtual void on_time() = 0;

 private:
  friend class TimerWheel;
  void unlink();
  bool linked() const { return previous_ != nullptr; }

  TimerWheel& wheel_;
  Instant at_ = kNever;
  std::uint64_t tick_ = 0;  // where it lies, while linked
  Timer* next_ = nullptr;
  Timer** previous_ = nullptr;  // what points at us; null while it lies nowhere
};

// Timers by the tick at which they are looked at next: one ring of slots; what lies beyond its horizon is looked at
// once a round.
class TimerWheel {
 public:
  static constexpr Duration kTick = std::chrono::milliseconds(16);

  explicit TimerWheel(Instant start) : start_(start) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  // Fires what is due.
  void advance(Instant now);

  // Milliseconds until advance() has something to look at; -1: never.
  int wait_ms(Instant now) const;

 private:
  friend class Timer;
  static constexpr std::uint64_t kSlots = 1024;

  std::uint64_t tick_of(Instant at) const;
  void link(Timer& timer, std::uint64_t tick);
  void visit_slot(std::size_t slot, Instant now);
  std::uint64_t next_occupied() const;  // the tick, or UINT64_MAX

  Instant start_;
  std::uint64_t current_ = 0;  // all ticks up to here have been visited
  std::array<Timer*, kSlots> slots_{};
  std::array<std::uint64_t, kSlots / 64> occupied_{};  // may say yes for an empty slot, never no for a full one
};

}  // namespace pforte::net
