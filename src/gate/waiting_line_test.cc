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

// Told apart by their addresses alone.
struct Two {
  const Server* a = reinterpret_cast<const Server*>(&a);
  const Server* b = reinterpret_cast<const Server*>(&b);
};

TEST_CASE("the first to come is woken, and nobody else, once until he looks") {
  net::Loop loop;
  WaitingLine line;
  Two servers;
  auto first = line.join(loop, 9), second = line.join(loop, 9);
  CHECK(first->leads());
  CHECK(!second->leads());
  line.wake_for(servers.a);
  line.wake_for(servers.a);
  CHECK(first->take_waking());
  CHECK(!first->take_waking());
  CHECK(!second->take_waking());
}

TEST_CASE("who leaves wakes the one behind him, who leads then") {
  net::Loop loop;
  WaitingLine line;
  auto first = line.join(loop, 9), second = line.join(loop, 9);
  first.reset();
  CHECK(second->leads());
  CHECK(second->take_waking());
}

TEST_CASE("who waits for one server holds up nobody who needs another") {
  net::Loop loop;
  WaitingLine line;
  Two servers;
  auto bound = line.join(loop, 9, {.only = servers.a});
  CHECK(line.is_wanted(servers.a, nullptr));
  CHECK(!line.is_wanted(servers.b, nullptr));
  auto any = line.join(loop, 9), other = line.join(loop, 9, {.only = servers.b});
  CHECK(any->leads());
  CHECK(line.is_wanted(servers.a, &*any));
  CHECK(!line.is_wanted(servers.b, &*any));
  CHECK(!other->leads());
  line.wake_for(servers.b);
  CHECK(any->take_waking());
  CHECK(!bound->take_waking());
  line.wake_for(servers.a);
  CHECK(bound->take_waking());
  CHECK(!any->take_waking());
}

TEST_CASE("who has tried a server does not stand in the way of those who want it") {
  net::Loop loop;
  WaitingLine line;
  Two servers;
  const Server* tried[] = {servers.a};
  auto again = line.join(loop, 9, {.tried = tried}), same = line.join(loop, 9, {.tried = tried});
  auto any = line.join(loop, 9);
  CHECK(!same->leads());
  CHECK(any->leads());
  CHECK(!line.is_wanted(servers.a, &*any));
  CHECK(line.is_wanted(servers.b, &*any));
  line.wake_for(servers.a);
  CHECK(any->take_waking());
  CHECK(!again->take_waking());
}

TEST_CASE("of two places that became free together the second is the next one's") {
  net::Loop loop;
  WaitingLine line;
  Two servers;
  auto bound = line.join(loop, 9, {.only = servers.a}), any = line.join(loop, 9);
  line.wake_for(servers.a);
  line.wake_for(servers.a);
  CHECK(!any->take_waking());
  bound.reset();
  CHECK(any->take_waking());
}

TEST_CASE("who takes any server from now on keeps his turn") {
  net::Loop loop;
  WaitingLine line;
  Two servers;
  auto bound = line.join(loop, 9, {.only = servers.a}), any = line.join(loop, 9);
  auto last = line.join(loop, 9, {.only = servers.a});
  bound->take_any();
  CHECK(bound->leads());
  CHECK(!any->leads());
  CHECK(line.is_wanted(servers.b, &*any));
  bound.reset();
  CHECK(any->take_waking());
  CHECK(!last->leads());
  any.reset();
  CHECK(last->take_waking());
}

TEST_CASE("a waking rings on the loop of who waits, from whatever thread it comes, and finds nobody when he has gone") {
  net::Loop loop;
  WaitingLine line;
  auto wait = [](net::Loop& here, WaitingLine& in) -> net::Task<> {
    std::optional<WaitingLine::Spot> spot = in.join(here, 9);
    std::thread waker([&in] { in.wake_for(nullptr); });
    co_await spot->bell();
    waker.join();
    CHECK(spot->take_waking());
    in.wake_for(nullptr);
    spot.reset();
    co_await here.sleep_for(1ms);
    co_return {};
  };
  CHECK(net::run(loop, wait(loop, line)));
  CHECK(line.waiting() == 0);
}

}  // namespace
}  // namespace pforte::gate
