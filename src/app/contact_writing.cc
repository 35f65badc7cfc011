#include "app/contact_writing.h"

#include <chrono>
#include <utility>

namespace pforte::app {

net::Task<> write_contacts(net::Loop& loop, net::Pool& pool, contact::Recorder& contacts) {
  constexpr net::Duration kEvery = std::chrono::milliseconds(250);
  for (;;) {
    co_await loop.sleep_for(kEvery);
    auto work = [&contacts]() -> Result<> {
      contacts.write(contact::now());
      return {};
    };
    (void)co_await outcome(pool.run<void>(loop, std::move(work)));
  }
}

}  // namespace pforte::app
