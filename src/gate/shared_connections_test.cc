#include "gate/shared_connections.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gate/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

// A server on loopback that says in HTTP/2 what the test wants, and one worker's connections to it.
class Speaker {
 public:
  static constexpr net::Duration kSilence = 50ms;

  Speaker() {
    int descriptor = net::listen_on(net::parse_address("127.0.0.1:0").value()).value();
    BackendConfig backend;
    backend.protocol = Protocol::Http2Clear;
    ServerConfig config;
    config.host = "127.0.0.1";
    config.port = net::local_port(descriptor);
    auto greet = [this](net::Accepted one) {
      accepted.push_back(one.descriptor);
      // SETTINGS_MAX_CONCURRENT_STREAMS: 1.
      say(accepted.size() - 1, 4, 0, 0, std::string("\0\3\0\0\0\1", 6));
    };
    listener_ = std::make_unique<net::Listener>(loop, descriptor, greet, [](int) {});
    auto server = std::make_shared<Server>(backend, config, nullptr);
    connections = std::make_unique<SharedConnections>(loop, gauge, std::move(server), kSilence);
  }
  Speaker(const Speaker&) = delete;
  Speaker& operator=(const Speaker&) = delete;
  ~Speaker() {
    connections.reset();
    for (int descriptor : accepted) close(descriptor);
  }

  // A frame over the connection of that number.
  void say(std::size_t number, char kind, char flags, char stream, const std::string& payload) {
    std::string frame{0, 0, char(payload.size()), kind, flags, 0, 0, 0, stream};
    frame += payload;
    CHECK(send(accepted[number], frame.data(), frame.size(), 0) == ssize_t(frame.size()));
  }
  void say_goodbye(std::size_t number) { say(number, 7, 0, 0, std::string("\0\0\0\1\0\0\0\0", 8)); }

  static net::Task<> sleep(net::Loop& here, net::Duration duration) {
    co_await here.sleep_for(duration);
    co_return {};
  }
  void settle(net::Duration duration = 5ms) { CHECK(net::run(loop, sleep(loop, duration))); }

  // Goes on for as long as it takes, up to five seconds.
  template <class Condition>
  void settle_until(Condition is_so) {
    for (int i = 0; i < 1000 && !is_so(); ++i) settle();
    CHECK(is_so());
  }

  // An exchange, over a connection that is made if need be.
  std::unique_ptr<http::ClientExchange> open() {
    SharedConnections::Found found = connections->open(Purpose::Answer);
    if (found.exchange) return std::move(found.exchange);
    CHECK(net::run(loop, connections->prepare(5s)));
    return connections->open(Purpose::Answer).exchange;
  }
  // Begins to make one ready; what comes of it.
  void begin_to_prepare(std::optional<Result<>>& outcome) {
    loop.spawn(connections->prepare(5s), [&outcome](Result<> result) { outcome.emplace(std::move(result)); });
    settle();
    CHECK(!outcome);
  }

  net::Loop loop;
  testing::Gauge gauge;
  std::vector<int> accepted;
  std::unique_ptr<SharedConnections> connections;

 private:
  std::unique_ptr<net::Listener> listener_;
};

TEST_CASE("a server that says goodbye while it is asked whether it lives gets a new connection") {
  Speaker speaker;
  speaker.open().reset();
  speaker.settle(2 * Speaker::kSilence);
  CHECK(speaker.connections->open(Purpose::Answer).exchange == nullptr);
  std::optional<Result<>> prepared;
  speaker.begin_to_prepare(prepared);
  SUBCASE("alone") {}
  SUBCASE("and somebody tidies up meanwhile") {
    CHECK(!speaker.connections->sweep());
  }
  speaker.say_goodbye(0);
  speaker.settle_until([&] { return prepared.has_value(); });
  CHECK(*prepared);
  CHECK(speaker.accepted.size() == 2);
  CHECK(speaker.open());
  CHECK(speaker.gauge.shared == 1);
}

TEST_CASE("while a connection is asked whether it lives others may come to their end") {
  Speaker speaker;
  {
    auto first = speaker.open();
    auto second = speaker.open();  // each takes one exchange at a time
    CHECK(speaker.accepted.size() == 2);
    CHECK(speaker.gauge.shared == 2);
  }
  speaker.settle(2 * Speaker::kSilence);
  std::optional<Result<>> prepared;
  speaker.begin_to_prepare(prepared);
  speaker.say_goodbye(1);
  speaker.settle_until([&] { return speaker.gauge.shared == 1; });
  speaker.say_goodbye(0);
  speaker.settle_until([&] { return prepared.has_value(); });
  CHECK(*prepared);
  CHECK(speaker.accepted.size() == 3);
  CHECK(speaker.gauge.shared == 1);
}

TEST_CASE("who waits for a connection that is being asked may go") {
  Speaker speaker;
  speaker.open().reset();
  speaker.settle(2 * Speaker::kSilence);
  auto impatient = [](Speaker& at) -> net::Task<> { return net::within(at.loop, 5ms, at.connections->prepare(5s)); };
  CHECK(!net::run(speaker.loop, impatient(speaker)));
  speaker.say_goodbye(0);
  speaker.settle_until([&] { return speaker.accepted.size() == 2 && speaker.gauge.shared == 1; });
}

}  // namespace
}  // namespace pforte::gate
