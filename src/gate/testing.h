#pragma once

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string_view>
#include <vector>

#include "gate/backend.h"
#include "gate/connections.h"
#include "net/listener.h"
#include "net/testing.h"

namespace pforte::gate::testing {

class Gauge final : public ConnectionGauge {
 public:
  void backend_connections(std::int64_t more_busy, std::int64_t more_idle) override {
    busy += more_busy;
    idle += more_idle;
  }
  void shared_connections(std::int64_t more) override { shared += more; }
  void shared_exchanges(std::int64_t more) override { exchanges += more; }
  std::int64_t busy = 0;
  std::int64_t idle = 0;
  std::int64_t shared = 0;     // of both
  std::int64_t exchanges = 0;  // over those
};

// A health check that finds the server ill, and is believed.
inline void fail_check(Server& server) {
  server.judged({.passed = false, .code = "backend.unhealthy", .reason = "ill", .at = {}}, 1, 1);
}

// A backend of so many servers, which listen on loopback and never answer.
class Hall {
 public:
  explicit Hall(std::size_t servers, std::size_t idle_connections = 8) {
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
    return net::run(loop, connections.take(backend.servers[number], std::chrono::seconds(5), fresh)).value();
  }
  // One whole exchange: the server's answer is put into the connection that was accepted last.
  void exchange(Connections::Lease& lease, std::string_view answer = "HTTP/1.1 204 No Content\r\n\r\n") {
    http::RequestHead head;
    head.method_text = "GET";
    head.path = "/";
    lease.client().begin(head);
    CHECK(net::run(loop, lease.client().write("", http::More::Ends)));
    settle();
    CHECK(send(accepted.back(), answer.data(), answer.size(), 0) == ssize_t(answer.size()));
    CHECK(net::run(loop, lease.client().read_head()));
  }
  void settle() {
    auto sleep = [](net::Loop& here) -> net::Task<> {
      co_await here.sleep_for(std::chrono::milliseconds(5));
      co_return {};
    };
    CHECK(net::run(loop, sleep(loop)));
  }
  net::Loop loop;
  Gauge gauge;
  Backend backend;
  std::vector<int> accepted;
  Connections connections{loop, gauge};

 private:
  std::vector<std::unique_ptr<net::Listener>> listeners_;
};

}  // namespace pforte::gate::testing
