#include "gate/connections.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <string>

#include "base/text.h"
#include "gate/testing.h"

namespace pforte::gate {
namespace {

using testing::Hall;

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
  Hall hall(1, 1);
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
