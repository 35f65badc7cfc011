#include "net/listener.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "net/testing.h"

namespace pforte::net {
namespace {

using namespace std::chrono_literals;

Task<> sleep(Loop& loop, Duration duration) {
  co_await loop.sleep_for(duration);
  co_return {};
}

// A listener and those it took.
class Porch {
 public:
  Porch()
      : listener_(
            loop, descriptor_, [this](Accepted one) { taken.push_back(one); },
            [this](int number) { complaints.push_back(number); }) {}
  Porch(const Porch&) = delete;
  Porch& operator=(const Porch&) = delete;
  ~Porch() {
    for (const Accepted& one : taken) close(one.descriptor);
    for (int client : clients_) close(client);
  }
  void knock() {
    sockaddr_storage name{};
    socklen_t size = here.to_sockaddr(name);
    clients_.push_back(socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    int outcome = ::connect(clients_.back(), reinterpret_cast<sockaddr*>(&name), size);
    REQUIRE((outcome == 0 || errno == EINPROGRESS));
  }
  void run_for(Duration duration) { CHECK(run(loop, sleep(loop, duration))); }

  Loop loop;
  std::vector<Accepted> taken;
  std::vector<int> complaints;

 private:
  int descriptor_ = listen_on(parse_address("127.0.0.1:0").value()).value();

 public:
  Address here = parse_ip("127.0.0.1", local_port(descriptor_)).value();
  Listener& listener() { return listener_; }

 private:
  std::vector<int> clients_;
  Listener listener_;
};

TEST_CASE("an address where somebody listens is not free, though it can be shared") {
  Address any = parse_address("127.0.0.1:0").value();
  CHECK(must_be_free(any));
  int first = listen_on(any).value();
  Address taken = parse_address("127.0.0.1:" + std::to_string(local_port(first))).value();
  Result<> free = must_be_free(taken);
  REQUIRE(!free);
  CHECK(free.error().code() == "net.listen-taken");
  int second = listen_on(taken).value();
  close(first);
  close(second);
  CHECK(must_be_free(taken));
}

TEST_CASE("a listener takes every connection and says who it is") {
  Porch porch;
  for (int i = 0; i < 5; ++i) porch.knock();
  porch.run_for(20ms);
  REQUIRE(porch.taken.size() == 5);
  for (const Accepted& one : porch.taken) {
    CHECK(one.peer.ip_text() == "127.0.0.1");
    CHECK(one.peer.port() != 0);
    CHECK(recv(one.descriptor, nullptr, 0, 0) <= 0);  // non-blocking: it returns
  }
}

TEST_CASE("a listener takes a few connections, then others have their turn") {
  Porch porch;
  for (int i = 0; i < 10; ++i) porch.knock();
  std::vector<std::size_t> after_turns;
  struct Count final : TurnEnd {
    Count(Porch& one, std::vector<std::size_t>& list) : TurnEnd(one.loop), porch(one), after_turns(list) { ask(); }
    void on_turn_end() override {
      after_turns.push_back(porch.taken.size());
      porch.taken.size() < 10 ? ask() : porch.loop.stop();
    }
    Porch& porch;
    std::vector<std::size_t>& after_turns;
  } count(porch, after_turns);
  porch.loop.run();
  CHECK(after_turns.size() > 1);
  CHECK(after_turns.front() < 10);
}

TEST_CASE("connections wait while a listener pauses, and are taken when it goes on") {
  Porch porch;
  porch.run_for(5ms);
  porch.listener().pause();
  for (int i = 0; i < 3; ++i) porch.knock();
  porch.run_for(20ms);
  CHECK(porch.taken.empty());
  porch.listener().resume();
  porch.run_for(50ms);
  CHECK(porch.taken.size() == 3);
}

TEST_CASE("those who wait are taken before a listener goes") {
  Porch porch;
  for (int i = 0; i < 3; ++i) porch.knock();
  porch.listener().accept_waiting();
  CHECK(porch.taken.size() == 3);
}

TEST_CASE("a listener that runs out of descriptors says so once a second, and goes on when there are some") {
  Porch porch;
  porch.run_for(5ms);
  for (int i = 0; i < 3; ++i) porch.knock();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  porch.run_for(300ms);
  setrlimit(RLIMIT_NOFILE, &before);
  CHECK(porch.complaints == std::vector{EMFILE});
  CHECK(porch.taken.empty());
  porch.run_for(300ms);
  CHECK(porch.taken.size() == 3);
}

TEST_CASE("an address that is not ours is refused with its name and a remedy") {
  Result<int> refused = listen_on(parse_address("192.0.2.1:80").value());
  REQUIRE(!refused);
  CHECK(refused.error().kind() == Kind::Unavailable);
  CHECK(refused.error().code() == "net.listen-elsewhere");
  CHECK(refused.error().text().find("192.0.2.1:80") != std::string::npos);
}

TEST_CASE("two listeners share an address, and IPv6 takes IPv4 as well") {
  Result<int> first = listen_on(parse_address("[::]:0").value());
  if (!first) return;  // a machine without IPv6
  Result<int> second = listen_on(parse_ip("::", local_port(*first)).value());
  CHECK(second);
  close(*first);
  if (second) close(*second);
}

}  // namespace
}  // namespace pforte::net
