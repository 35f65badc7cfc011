#include "gate/waiting_line.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "net/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a line takes as many as it may, and has room again when one leaves") {
  net::Loop loop;
  WaitingLine line;
  CHECK(!line.join(loop, 0));
  std::vector<WaitingLine::Spot> spots;
  spots.reserve(3);
  for (int i = 0; i < 3; ++i) spots.push_back(*line.join(loop, 3));
  CHECK(line.waiting() == 3);
  CHECK(!line.join(loop, 3));
  spots.pop_back();
  CHECK(line.waiting() == 2);
  CHECK(line.join(loop, 3));
}

TEST_CASE("the first to come is woken, and nobody else, once until he looks") {
  net::Loop loop;
  WaitingLine line;
  auto first = line.join(loop, 9), second = line.join(loop, 9);
  CHECK(first->is_first());
  CHECK(!second->is_first());
  line.wake_one();
  line.wake_one();
  CHECK(first->take_waking());
  CHECK(!first->take_waking());
  CHECK(!second->take_waking());
}

TEST_CASE("who leaves wakes the one behind him, who is the first then") {
  net::Loop loop;
  WaitingLine line;
  auto first = line.join(loop, 9), second = line.join(loop, 9);
  first.reset();
  CHECK(second->is_first());
  CHECK(second->take_waking());
}

TEST_CASE("a waking rings on the loop of who waits, from whatever thread it comes, and finds nobody when he has gone") {
  net::Loop loop;
  WaitingLine line;
  auto wait = [](net::Loop& here, WaitingLine& in) -> net::Task<> {
    std::optional<WaitingLine::Spot> spot = in.join(here, 9);
    std::thread waker([&in] { in.wake_one(); });
    co_await spot->bell();
    waker.join();
    CHECK(spot->take_waking());
    in.wake_one();
    spot.reset();
    co_await here.sleep_for(1ms);
    co_return {};
  };
  CHECK(net::run(loop, wait(loop, line)));
  CHECK(line.waiting() == 0);
}

}  // namespace
}  // namespace pforte::gate
