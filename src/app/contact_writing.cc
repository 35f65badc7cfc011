#include "app/contact_writing.h"

#include <chrono>
#include <utility>

namespace pforte::app {

using namespace std::chrono_literals;

ContactWriting::ContactWriting(net::Loop& loop, contact::Recorder& contacts)
    : net::Timer(loop.timers()), loop_(loop), contacts_(contacts) {
  contacts_.on_news([this] { loop_.post([this] { set(loop_.now() + 250ms); }); });
}

net::Task<> ContactWriting::run(net::Pool& pool) {
  for (;;) {
    auto work = [this]() -> Result<> {
      contacts_.write(contact::now());
      return {};
    };
    (void)co_await outcome(pool.run<void>(loop_, std::move(work)));
    // What was told meanwhile has set the timer, which may be over by now.
    if (!is_due_ && at() == net::kNever) set(loop_.now() + 30s);
    while (!std::exchange(is_due_, false)) co_await due_;
  }
}

void ContactWriting::on_time() {
  is_due_ = true;
  due_.ring();
}

}  // namespace pforte::app
