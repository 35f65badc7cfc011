#include "gate/passthrough_circle.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/text.h"
#include "net/listener.h"
#include "net/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

// A connection to where somebody listens.
struct Reached {
  net::Loop loop;
  int listening = net::listen_on(net::parse_address("0.0.0.0:0").value()).value();
  std::uint16_t port = net::local_port(listening);
  std::unique_ptr<net::Socket> socket;

  explicit Reached(std::string_view ip)
      : socket(net::run(loop, net::connect(loop, net::parse_ip(ip, port).value(), 5s)).value()) {}
  Reached(const Reached&) = delete;
  Reached& operator=(const Reached&) = delete;
  ~Reached() { close(listening); }
};

TEST_CASE("a connection leads back where its other end is a listener of the gate that speaks TLS") {
  Reached reached("127.0.0.2");
  struct Row {
    std::string address;
    bool tls, back;
  };
  const Row rows[] = {{cat("[::]:", reached.port), true, true},      {cat("0.0.0.0:", reached.port), true, true},
                      {cat("127.0.0.2:", reached.port), true, true}, {cat("127.0.0.1:", reached.port), true, false},
                      {cat("[::]:", reached.port ^ 1), true, false}, {cat("[::]:", reached.port), false, false},
                      {cat("192.0.2.1:", reached.port), true, false}};
  for (const Row& row : rows) {
    CAPTURE(row.address);
    ListenerConfig listener;
    listener.address = net::parse_address(row.address).value();
    listener.tls = row.tls;
    CHECK(leads_back(*reached.socket, *reached.socket, std::span(&listener, 1)) == row.back);
  }
}

TEST_CASE("a server of the same port on another machine is no circle") {
  net::Address listener = net::parse_address("[::]:443").value();
  CHECK_FALSE(is_same_door(listener, net::parse_address("10.0.0.7:443").value(), false));
  CHECK(is_same_door(listener, net::parse_address("10.0.0.7:443").value(), true));
}

}  // namespace
}  // namespace pforte::gate
