#include "net/together.h"

#include <utility>

#include "net/frame.h"
#include "net/signal.h"

namespace pforte::net {

// Tells its owner at its final suspension: being told may destroy it.
struct Beside::Branch {
  struct promise_type : detail::PooledFrame {
    promise_type(Task<>&, Beside& beside) : owner(beside) {}

    Branch get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct End {
        bool await_ready() noexcept { return false; }
        void await_suspend(std::coroutine_handle<promise_type> self) noexcept {
          std::move_only_function<void()> on_end = std::move(self.promise().owner.on_end_);
          on_end();
        }
        void await_resume() noexcept {}
      };
      return End{};
    }
    void return_void() {}
    void unhandled_exception() noexcept { std::abort(); }

    Beside& owner;
  };
  std::coroutine_handle<promise_type> handle;
};

Beside::Branch Beside::run(Task<> task, Beside& owner) {
  Result<> result = co_await outcome(std::move(task));
  owner.result_.emplace(std::move(result));
}

Beside::Beside(Task<> task, std::move_only_function<void()> on_end)
    : on_end_(std::move(on_end)), frame_(run(std::move(task), *this).handle.address()) {}

Beside::~Beside() {
  std::coroutine_handle<>::from_address(frame_).destroy();
}

namespace {

Task<> sleep(Loop& loop, Duration duration) {
  co_await loop.sleep_for(duration);
  co_return {};
}

std::unexpected<Error> error_of(const Beside& branch) {
  const Error& error = branch.result()->error();
  return fail(error.kind(), error.code(), error.text());
}

}  // namespace

Task<> both(Task<> first, Task<> second) {
  Signal news;
  Beside one(std::move(first), [&news] { news.ring(); });
  Beside two(std::move(second), [&news] { news.ring(); });
  for (;;) {
    if (one.failed()) co_return error_of(one);
    if (two.failed()) co_return error_of(two);
    if (one.result() && two.result()) co_return {};
    co_await news;
  }
}

Task<> within(Loop& loop, Duration limit, Task<> task) {
  Signal news;
  Beside work(std::move(task), [&news] { news.ring(); });
  Beside clock(sleep(loop, limit), [&news] { news.ring(); });
  if (!work.result()) co_await news;
  if (!work.result()) co_return fail(Kind::Timeout, "net.timeout", "took too long");
  if (work.failed()) co_return error_of(work);
  co_return {};
}

}  // namespace pforte::net
