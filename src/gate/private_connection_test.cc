#include "gate/private_connection.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "gate/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
using testing::Hall;

// A client in front of a hall, with its own connection there.
struct Guest {
  explicit Guest(Hall& at) : hall(at), own(at.connections, [this] { ++losses; }) {}

  Connections::Lease take(std::size_t number = 0, bool fresh = false) {
    return net::run(hall.loop, own.take(hall.backend.servers[number], 5s, fresh)).value();
  }
  void exchange(std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n") {
    Connections::Lease lease = take();
    hall.exchange(lease, answer);
    own.keep(std::move(lease));
  }

  Hall& hall;
  int losses = 0;
  PrivateConnection own;
};

TEST_CASE("a client's own connection carries its next request, and nobody else's") {
  Hall hall(1);
  Guest guest(hall);
  for (int i = 0; i < 3; ++i) guest.exchange();
  CHECK(hall.accepted.size() == 1);
  CHECK(hall.gauge.busy == 1);
  CHECK(hall.gauge.idle == 0);

  Guest other(hall);
  CHECK(!other.take().reused());
  CHECK(!hall.take(0).reused());
  CHECK(guest.take().reused());
  CHECK(guest.losses == 0);
}

TEST_CASE("a client's own connection is none that others have used") {
  Hall hall(1);
  {
    Connections::Lease shared = hall.take(0);
    hall.exchange(shared);
    std::move(shared).give_back();
  }
  CHECK(hall.gauge.idle == 1);
  Guest guest(hall);
  CHECK(!guest.take().reused());
  CHECK(hall.gauge.idle == 1);
}

TEST_CASE("a client's own connection is closed when the client goes") {
  Hall hall(1);
  {
    Guest guest(hall);
    guest.exchange();
    CHECK(hall.gauge.busy == 1);
  }
  CHECK(hall.gauge.busy == 0);
  CHECK(hall.gauge.idle == 0);
}

TEST_CASE("who loses the own connection is told: by its last answer, by the server's close, by what it says unasked") {
  for (std::string_view end : {"last", "close", "words"}) {
    CAPTURE(end);
    Hall hall(1);
    Guest guest(hall);
    if (end == "last") {
      guest.exchange("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    } else {
      guest.exchange();
      hall.settle();
      CHECK(guest.losses == 0);
      if (end == "close") shutdown(hall.accepted.back(), SHUT_WR);
      if (end == "words") CHECK(send(hall.accepted.back(), "HTTP/1.1 408 x\r\n\r\n", 18, 0) == 18);
    }
    hall.settle();
    CHECK(guest.losses == 1);
    CHECK(!guest.take().reused());
  }
}

TEST_CASE("a client stays where its own connection leads, unless that server is ill or belongs to another backend") {
  Hall hall(2);
  Hall elsewhere(1);
  Guest guest(hall);
  CHECK(guest.own.server_of(hall.backend) == nullptr);
  guest.exchange();
  auto& servers = hall.backend.servers;
  CHECK(guest.own.server_of(hall.backend) == servers[0].get());
  CHECK(guest.own.server_of(elsewhere.backend) == nullptr);
  servers[0]->failed(hall.loop.now(), "down");
  CHECK(servers[0]->ejected(hall.loop.now()));
  CHECK(guest.own.server_of(hall.backend) == servers[0].get());
  testing::fail_check(*servers[0]);
  CHECK(guest.own.server_of(hall.backend) == nullptr);
}

TEST_CASE("a client that turns to another server, or wants a fresh connection, leaves the one it had") {
  for (bool fresh : {false, true}) {
    Hall hall(2);
    Guest guest(hall);
    guest.exchange();
    Connections::Lease lease = guest.take(fresh ? 0 : 1, fresh);
    CHECK(!lease.reused());
    CHECK(hall.gauge.busy == 1);
    CHECK(guest.own.server_of(hall.backend) == nullptr);
  }
}

}  // namespace
}  // namespace pforte::gate
