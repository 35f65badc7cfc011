#include "doctor/all_ended.h"

#include <deque>
#include <utility>

#include "net/signal.h"
#include "net/together.h"

namespace pforte::doctor {

net::Task<> all_ended(std::vector<net::Task<>> tasks) {
  net::Signal news;
  std::size_t ended = 0;
  std::deque<net::Beside> running;
  for (net::Task<>& task : tasks) {
    running.emplace_back(std::move(task), [&] {
      ++ended;
      news.ring();
    });
  }
  while (ended < running.size()) co_await news;
  co_return {};
}

}  // namespace pforte::doctor
