#include "gate/connections.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <map>
#include <string>

#include "base/text.h"
#include "gate/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
using testing::Hall;

TEST_CASE("round-robin gives everybody his turn") {
  Hall hall(3);
  std::map<int, int> turns;
  int before = -1;
  for (int i = 0; i < 30; ++i) {
    int chosen = hall.choose();
    CHECK(chosen != before);
    before = chosen;
    ++turns[chosen];
  }
  CHECK(turns == std::map<int, int>{{0, 10}, {1, 10}, {2, 10}});
}

TEST_CASE("least-connections goes to who has least to do, and spreads among equals") {
  Hall hall(3, Balance::LeastConnections);
  std::map<int, int> turns;
  for (int i = 0; i < 30; ++i) ++turns[hall.choose()];
  CHECK(turns == std::map<int, int>{{0, 10}, {1, 10}, {2, 10}});

  Connections::Lease first = hall.take(0);
  Connections::Lease second = hall.take(2);
  for (int i = 0; i < 5; ++i) CHECK(hall.choose() == 1);
  Connections::Lease third = hall.take(1);
  Connections::Lease fourth = hall.take(1);
  for (int i = 0; i < 5; ++i) CHECK(hall.choose() != 1);
  CHECK(hall.gauge.busy == 4);
}

TEST_CASE("who is ill, ejected or tried is passed over, but an ejected one is better than none") {
  for (Balance balance : {Balance::RoundRobin, Balance::LeastConnections}) {
    Hall hall(3, balance);
    auto& servers = hall.backend.servers;
    servers[0]->judged(false, "ill");
    servers[1]->failed(hall.loop.now(), "down");
    for (int i = 0; i < 5; ++i) CHECK(hall.choose() == 2);
    CHECK(hall.choose({servers[2].get()}) == 1);
    CHECK(hall.choose({servers[2].get(), servers[1].get()}) == -1);
    servers[2]->judged(false, "ill");
    CHECK(hall.choose() == 1);
    servers[1]->judged(false, "ill");
    CHECK(hall.choose() == -1);
  }
}

TEST_CASE("a connection that was given back carries the next exchange") {
  Hall hall(1);
  {
    Connections::Lease lease = hall.take(0);
    CHECK(!lease.reused());
    CHECK(hall.gauge.busy == 1);
    hall.exchange(lease);
    std::move(lease).give_back();
    CHECK(hall.gauge.busy == 0);
    CHECK(hall.gauge.idle == 1);
  }
  {
    Connections::Lease lease = hall.take(0);
    CHECK(lease.reused());
    CHECK(hall.gauge.busy == 1);
    CHECK(hall.gauge.idle == 0);
    hall.exchange(lease);
    std::move(lease).give_back();
  }
  CHECK(hall.accepted.size() == 1);
  Connections::Lease fresh = hall.take(0, true);
  CHECK(!fresh.reused());
  CHECK(hall.gauge.idle == 1);
}

TEST_CASE("a connection in the middle of an exchange is not kept") {
  Hall hall(1);
  {
    Connections::Lease dropped = hall.take(0);
  }
  Connections::Lease lease = hall.take(0);
  http::RequestHead head;
  head.method_text = "GET";
  head.path = "/";
  lease.client().begin(head);
  CHECK(net::run(hall.loop, lease.client().write("", http::More::Ends)));
  std::move(lease).give_back();
  CHECK(hall.gauge.idle == 0);
}

TEST_CASE("a connection that its server has signed in, or has begun to, is given to nobody") {
  for (std::string_view said : {"401 No\r\nWWW-Authenticate: NTLM TlRMTVNTUAAC",
                                "401 No\r\nWWW-Authenticate: Negotiate", "200 OK\r\nPersistent-Auth: true"}) {
    CAPTURE(said);
    Hall hall(1);
    {
      Connections::Lease lease = hall.take(0);
      hall.exchange(lease, cat("HTTP/1.1 ", said, "\r\nContent-Length: 0\r\n\r\n"));
      // The body is over as soon as somebody looks.
      CHECK(lease.client().try_body().has_value());
      hall.exchange(lease);
      std::move(lease).give_back();
    }
    CHECK(hall.gauge.idle == 0);
    Connections::Lease next = hall.take(0);
    CHECK(!next.reused());
  }
}

TEST_CASE("no more connections are kept than were asked for") {
  Hall hall(1, Balance::RoundRobin, 1);
  Connections::Lease first = hall.take(0);
  hall.exchange(first);
  Connections::Lease second = hall.take(0);
  hall.exchange(second);
  std::move(first).give_back();
  std::move(second).give_back();
  CHECK(hall.gauge.idle == 1);
}

TEST_CASE("a connection that the server closed or spoke on while it rested is not used again") {
  for (std::string_view words : {"", "HTTP/1.1 408 Request Timeout\r\n\r\n"}) {
    Hall hall(1);
    Connections::Lease lease = hall.take(0);
    hall.exchange(lease);
    std::move(lease).give_back();
    int descriptor = hall.accepted.back();
    if (words.empty()) shutdown(descriptor, SHUT_WR);
    if (!words.empty()) CHECK(send(descriptor, words.data(), words.size(), 0) > 0);
    hall.settle();
    Connections::Lease next = hall.take(0);
    CHECK(!next.reused());
    CHECK(hall.gauge.idle == 0);
  }
}

TEST_CASE("sweeping closes what its server closed, and keeps what is good") {
  Hall hall(1);
  Connections::Lease first = hall.take(0);
  hall.exchange(first);
  int doomed = hall.accepted.back();
  Connections::Lease second = hall.take(0);
  hall.exchange(second);
  std::move(first).give_back();
  std::move(second).give_back();
  shutdown(doomed, SHUT_WR);
  hall.settle();
  hall.connections.sweep();
  CHECK(hall.gauge.idle == 1);
  Connections::Lease next = hall.take(0);
  CHECK(next.reused());
}

}  // namespace
}  // namespace pforte::gate
