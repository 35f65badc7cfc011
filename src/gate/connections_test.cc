#include "gate/connections.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>

#include "net/listener.h"
#include "net/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

class Gauge final : public ConnectionGauge {
 public:
  void backend_connections(std::int64_t more_busy, std::int64_t more_idle) override {
    busy += more_busy;
    idle += more_idle;
  }
  std::int64_t busy = 0;
  std::int64_t idle = 0;
};

// A backend of so many servers, which listen on loopback and never answer.
class Hall {
 public:
  explicit Hall(std::size_t servers, Balance balance = Balance::RoundRobin, std::size_t idle_connections = 8) {
    backend.config.balance = balance;
    backend.config.idle_connections = idle_connections;
    backend.config.eject_after = 1;
    for (std::size_t i = 0; i < servers; ++i) {
      int descriptor = net::listen_on(net::parse_address("127.0.0.1:0").value()).value();
      ServerConfig config;
      config.host = "127.0.0.1";
      config.port = net::local_port(descriptor);
      listeners_.push_back(std::make_unique<net::Listener>(
          loop, descriptor, [this](net::Accepted one) { accepted.push_back(one.descriptor); }, [](int) {}));
      backend.servers.push_back(std::make_shared<Server>(backend.config, config, nullptr));
    }
  }
  Hall(const Hall&) = delete;
  Hall& operator=(const Hall&) = delete;
  ~Hall() {
    for (int descriptor : accepted) close(descriptor);
  }

  Connections::Lease take(std::size_t number, bool fresh = false) {
    return net::run(loop, connections.take(backend.servers[number], 5s, fresh)).value();
  }
  // One whole exchange: the server's answer is put into the connection that was accepted last.
  void exchange(Connections::Lease& lease) {
    http::RequestHead head;
    head.method_text = "GET";
    head.path = "/";
    lease.client().begin(head);
    CHECK(net::run(loop, lease.client().write("", http::More::Ends)));
    settle();
    std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n";
    CHECK(send(accepted.back(), answer.data(), answer.size(), 0) == ssize_t(answer.size()));
    CHECK(net::run(loop, lease.client().read_head()));
  }
  void settle() {
    auto sleep = [](net::Loop& here) -> net::Task<> {
      co_await here.sleep_for(5ms);
      co_return {};
    };
    CHECK(net::run(loop, sleep(loop)));
  }
  // The number of the server that gets the next request; -1: none.
  int choose(const std::vector<const Server*>& tried = {}) {
    std::shared_ptr<Server> chosen = connections.choose(backend, tried);
    for (std::size_t i = 0; i < backend.servers.size(); ++i) {
      if (backend.servers[i] == chosen) return int(i);
    }
    return -1;
  }

  net::Loop loop;
  Gauge gauge;
  Backend backend;
  std::vector<int> accepted;
  Connections connections{loop, gauge};

 private:
  std::vector<std::unique_ptr<net::Listener>> listeners_;
};

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
