#include "net/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace pforte::net {

namespace {

// How long work is begun in one turn: at least so long, and a part of the time that was spent on what went on, so that
// nobody starves.
constexpr Duration kBeginTime = std::chrono::microseconds(200);
constexpr int kBeginPart = 4;

constexpr Duration kReadWallTime = std::chrono::milliseconds(100);

using OnEnd = std::move_only_function<void(Result<>)>;

// The outermost coroutine of a spawned task. It never destroys itself: it asks its loop for burial.
struct Root {
  struct promise_type {
    promise_type(Task<>&, OnEnd&, std::vector<void*>& graves) : ended(graves) {}

    Root get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct End {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          self.promise().ended.push_back(self.address());
        }
        void await_resume() noexcept {}
      };
      return End{};
    }
    void return_void() {}
    void unhandled_exception() noexcept { std::abort(); }

    std::vector<void*>& ended;
  };
  std::coroutine_handle<promise_type> handle;
};

Root run_root(Task<> task, OnEnd on_end, std::vector<void*>&) {
  Result<> result = co_await outcome(std::move(task));
  on_end(std::move(result));
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wakeup_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wakeup_, &event);
}

Loop::~Loop() {
  cancel_tasks();
  close(wakeup_);
  close(epoll_);
}

void Loop::stop() {
  post([this] { running_ = false; });
}

// Rings for the first piece alone: whoever comes for it takes them all.
void Loop::post(std::move_only_function<void()> work) {
  bool first = false;
  {
    std::lock_guard lock(posted_mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (first) eventfd_write(wakeup_, 1);
}

void Loop::spawn(Task<> task, std::move_only_function<void(Result<>)> on_end) {
  auto root = run_root(std::move(task), std::move(on_end), ended_).handle;
  roots_.insert(root.address());
  root.resume();
}

void Loop::cancel_tasks() {
  bury_ended();
  while (!roots_.empty()) {
    void* frame = *roots_.begin();
    roots_.erase(roots_.begin());
    std::coroutine_handle<>::from_address(frame).destroy();
  }
}

bool Loop::watch(int descriptor, Watcher& watcher) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.ptr = &watcher;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void Loop::forget(Watcher& watcher) {
  for (int i = 0; i < events_left_; ++i) {
    if (events_[i].data.ptr == &watcher) events_[i].events = 0;
  }
  leave_line(watcher);
}

// With what it has not been told of yet, before its turn.
void Loop::tell_now(Watcher& watcher, std::uint32_t events) {
  leave_line(watcher);
  watcher.on_ready(events | std::exchange(watcher.put_off_, 0));
}

void Loop::leave_line(Watcher& watcher) {
  if (watcher.put_off_ != 0) put_off_[watcher.place_ - taken_] = nullptr;
}

void Loop::run() {
  std::array<epoll_event, kEventsPerTurn> events;
  events_ = events.data();
  running_ = true;
  while (running_) {
    int patience = asked_.empty() && put_off_.empty() ? timers_.wait_ms(Clock::now()) : 0;
    int count = epoll_wait(epoll_, events.data(), int(events.size()), patience);
    begin_turn();
    dispatch(count);
    timers_.advance(now_);
    end_turn();
    bury_ended();
    if (!put_off_.empty()) went_on_ = Clock::now() - begun_;
  }
}

void Loop::begin_turn() {
  now_ = Clock::now();
  if (now_ - wall_read_at_ < kReadWallTime) return;
  wall_read_at_ = now_;
  wall_read_ = std::chrono::system_clock::now();
}

void Loop::dispatch(int count) {
  events_left_ = count;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[i];
    if (event.events == 0) continue;  // its watcher went earlier in this turn
    auto* watcher = static_cast<Watcher*>(event.data.ptr);
    if (watcher == nullptr) {
      run_posted();
    } else if (watcher->begins(event.events)) {
      put_off(*watcher, event.events);
    } else {
      tell_now(*watcher, event.events);
    }
  }
  events_left_ = 0;
  begun_ = now_;
  if (!put_off_.empty()) begin_some();
}

void Loop::put_off(Watcher& watcher, std::uint32_t events) {
  if (watcher.put_off_ == 0) {
    watcher.place_ = taken_ + put_off_.size();
    put_off_.push_back(&watcher);
  }
  watcher.put_off_ |= events;
}

void Loop::begin_some() {
  begun_ = Clock::now();
  Duration went_on = begun_ - now_ + std::exchange(went_on_, Duration());
  Instant end = begun_ + std::max<Duration>(kBeginTime, went_on / kBeginPart);
  std::size_t told = 0;
  for (std::size_t count = put_off_.size(); told < count && begun_ < end; begun_ = Clock::now()) {
    Watcher* watcher = put_off_[told++];
    if (watcher) watcher->on_ready(std::exchange(watcher->put_off_, 0));
  }
  put_off_.erase(put_off_.begin(), put_off_.begin() + std::ptrdiff_t(told));
  taken_ += told;
}

void Loop::end_turn() {
  ending_.swap(asked_);
  for (TurnEnd*& place : ending_) {
    TurnEnd* one = std::exchange(place, nullptr);
    if (!one) continue;
    one->asked_ = false;
    one->on_turn_end();
  }
  ending_.clear();
}

void TurnEnd::ask() {
  if (std::exchange(asked_, true)) return;
  loop_.asked_.push_back(this);
}

TurnEnd::~TurnEnd() {
  if (!asked_) return;
  std::ranges::replace(loop_.asked_, this, nullptr);
  std::ranges::replace(loop_.ending_, this, nullptr);
}

void Loop::run_posted() {
  eventfd_t count;
  eventfd_read(wakeup_, &count);
  std::vector<std::move_only_function<void()>> work;
  {
    std::lock_guard lock(posted_mutex_);
    work.swap(posted_);
  }
  for (auto& piece : work) piece();
}

void Loop::bury_ended() {
  for (void* frame : std::exchange(ended_, {})) {
    roots_.erase(frame);
    std::coroutine_handle<>::from_address(frame).destroy();
  }
}

}  // namespace pforte::net
