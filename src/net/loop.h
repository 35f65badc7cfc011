#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <vector>

#include "net/task.h"
#include "net/timer.h"

struct epoll_event;  // NOLINT(readability-identifier-naming): the system's

namespace pforte::net {

// What it mostly means when something happens at a descriptor: that work goes on, or, at those of clients, that some
// begins.
enum class Work : std::uint8_t { GoesOn, Begins };

// A file descriptor's owner, told what became possible.
class Watcher {
 public:
  // `events` as epoll(7) gives them. May destroy the watcher.
  virtual void on_ready(std::uint32_t events) = 0;

  // Whether work begins with these. Under load the loop tells of them after what goes on, so that what is under way
  // stays little and in the cache.
  virtual bool begins(std::uint32_t /*events*/) const { return false; }

 protected:
  ~Watcher() = default;

  // Something has happened that it is still to be told of.
  bool is_put_off() const { return put_off_ != 0; }

 private:
  friend class Loop;
  std::uint32_t put_off_ = 0;  // events that it has not been told of yet
  std::size_t place_ = 0;      // among those that are put off: how many were before it since the loop began
};

class TurnEnd;

// One thread's event loop. What is made with a loop belongs to the loop's thread; only post() and stop() may
// be called from elsewhere. Sockets and timers must be gone before their loop.
class Loop {
 public:
  class Sleep;

  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  // Serves until stop().
  void run();
  void stop();

  // Runs `work` on the loop's thread in a later turn.
  void post(std::move_only_function<void()> work);

  // Starts a task that nobody waits for; `on_end` learns how it ended. Cancelled with the loop.
  void spawn(Task<> task, std::move_only_function<void(Result<>)> on_end = [](Result<>) {});

  // How many spawned tasks have not ended.
  std::size_t tasks() const { return roots_.size(); }

  // Cancels all spawned tasks, in no order. From outside of any of them.
  void cancel_tasks();

  // Reports every change of `descriptor` to `watcher`, edge-triggered, until the descriptor is closed. False when the
  // system refuses (no memory or too many watches).
  bool watch(int descriptor, Watcher& watcher);
  // A watcher calls this when it goes: what the loop still holds for it is dropped.
  void forget(Watcher& watcher);

  // The start of this turn: one instant for all work of the turn.
  Instant now() const { return now_; }
  // The same instant by the system's clock, which is read ten times a second: what it is set by is seen so late.
  std::chrono::system_clock::time_point wall_time() const {
    return wall_read_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(now_ - wall_read_at_);
  }
  TimerWheel& timers() { return timers_; }

  // co_await loop.sleep_until(instant);
  Sleep sleep_until(Instant instant);
  Sleep sleep_for(Duration duration);

 private:
  friend class TurnEnd;
  static constexpr std::size_t kEventsPerTurn = 256;

  void begin_turn();
  void dispatch(int count);
  void put_off(Watcher& watcher, std::uint32_t events);
  void tell_now(Watcher& watcher, std::uint32_t events);
  void leave_line(Watcher& watcher);
  void begin_some();
  void end_turn();
  void run_posted();
  void bury_ended();

  int epoll_;
  int wakeup_;
  bool running_ = false;
  Instant now_ = Clock::now();
  Instant wall_read_at_ = now_;
  std::chrono::system_clock::time_point wall_read_ = std::chrono::system_clock::now();
  Instant begun_ = now_;  // when this turn was done with what begins
  Duration went_on_{};    // what the last turn did behind that
  TimerWheel timers_{now_};
  epoll_event* events_ = nullptr;  // of this turn, while they are dispatched
  int events_left_ = 0;
  std::vector<Watcher*> put_off_;  // whose work begins when their turn comes; null: it has gone
  std::size_t taken_ = 0;          // of those put off so far, how many are no longer there
  std::vector<TurnEnd*> asked_;    // null: it has gone
  std::vector<TurnEnd*> ending_;   // those of this turn, at its end
  std::set<void*> roots_;          // frames of spawned tasks
  std::vector<void*> ended_;       // those to destroy at the end of the turn
  std::mutex posted_mutex_;
  std::vector<std::move_only_function<void()>> posted_;  // under posted_mutex_
};

// Work for which one turn of the loop may bring many reasons, and which is done once, before the loop waits again.
class TurnEnd {
 public:
  explicit TurnEnd(Loop& loop) : loop_(loop) {}
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

  // on_turn_end() is called once, however often this was. Who asks at the end of a turn is called at the end of the
  // next one, which does not wait.
  void ask();

 protected:
  ~TurnEnd();
  // May destroy this.
  virtual void on_turn_end() = 0;

 private:
  friend class Loop;
  Loop& loop_;
  bool asked_ = false;
};

class [[nodiscard]] Loop::Sleep final : public detail::Source, private Timer {
 public:
  Sleep(Loop& loop, Instant instant) : Timer(loop.timers()), instant_(instant), ready_(instant <= loop.now()) {}

  bool await_ready() const { return ready_; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> self) {
    return waiter_.wait(*this, self, false, [this] { set(instant_); });
  }
  void await_resume() const {}
  Error* error() noexcept override { return nullptr; }

 private:
  void on_time() override { detail::settle(*this); }

  Instant instant_;
  bool ready_;
  detail::Waiter waiter_;
};

inline Loop::Sleep Loop::sleep_until(Instant instant) {
  return Sleep(*this, instant);
}

inline Loop::Sleep Loop::sleep_for(Duration duration) {
  return Sleep(*this, now_ + duration);
}

}  // namespace pforte::net
