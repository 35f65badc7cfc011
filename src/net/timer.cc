#include "net/timer.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace pforte::net {

void Timer::set(Instant at) {
  at_ = at;
  if (at == kNever) return;
  std::uint64_t tick = wheel_.tick_of(at);
  if (linked() && tick_ <= tick) return;
  unlink();
  wheel_.link(*this, tick);
}

void Timer::unlink() {
  if (!linked()) return;
  *previous_ = next_;
  if (next_) next_->previous_ = previous_;
  previous_ = nullptr;
}

TimerWheel::~TimerWheel() {
  for (Timer*& first : slots_) {
    while (first) first->unlink();
  }
}

// The first tick that begins at or after `at`, so that a timer never fires early.
std::uint64_t TimerWheel::tick_of(Instant at) const {
  if (at <= start_) return 0;
  return std::uint64_t((at - start_ + kTick - Duration(1)) / kTick);
}

void TimerWheel::link(Timer& timer, std::uint64_t tick) {
  timer.tick_ = std::clamp(tick, current_ + 1, current_ + kSlots - 1);
  std::size_t slot = timer.tick_ % kSlots;
  Timer*& first = slots_[slot];
  timer.next_ = first;
  timer.previous_ = &first;
  if (timer.next_) timer.next_->previous_ = &timer.next_;
  first = &timer;
  occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void TimerWheel::advance(Instant now) {
  std::uint64_t target = now <= start_ ? 0 : std::uint64_t((now - start_) / kTick);
  while (current_ < target) {
    std::uint64_t next = next_occupied();
    if (next > target) {
      current_ = target;
      return;
    }
    current_ = next;
    visit_slot(current_ % kSlots, now);
  }
}

void TimerWheel::visit_slot(std::size_t slot, Instant now) {
  occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  // Timers that fire may take others of this slot with them, so they are taken from the front of a list of its own.
  Timer* due = std::exchange(slots_[slot], nullptr);
  if (due) due->previous_ = &due;
  while (due) {
    Timer& timer = *due;
    timer.unlink();
    if (timer.at_ == kNever) continue;
    if (timer.at_ > now) {
      link(timer, tick_of(timer.at_));
    } else {
      timer.at_ = kNever;
      timer.on_time();
    }
  }
}

std::uint64_t TimerWheel::next_occupied() const {
  for (std::uint64_t ahead = 1; ahead < kSlots;) {
    std::size_t slot = (current_ + ahead) % kSlots;
    std::uint64_t rest = occupied_[slot / 64] >> (slot % 64);
    if (rest != 0) {
      std::uint64_t found = ahead + std::uint64_t(std::countr_zero(rest));
      return found < kSlots ? current_ + found : std::numeric_limits<std::uint64_t>::max();
    }
    ahead += 64 - slot % 64;
  }
  return std::numeric_limits<std::uint64_t>::max();
}

int TimerWheel::wait_ms(Instant now) const {
  std::uint64_t next = next_occupied();
  if (next == std::numeric_limits<std::uint64_t>::max()) return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(start_ + kTick * std::int64_t(next) - now);
  return int(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace pforte::net
