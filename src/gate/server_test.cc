#include "gate/server.h"

#include <doctest/doctest.h>

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;

BackendConfig backend_config() {
  BackendConfig config;
  config.eject_after = 3;
  config.eject_time = 10s;
  return config;
}

ServerConfig at(std::string host, std::uint16_t port = 8080) {
  ServerConfig config;
  config.host = std::move(host);
  config.port = port;
  return config;
}

constexpr net::Instant kStart{1000h};

Server::Check failed(std::string reason) {
  return {.passed = false, .code = "backend.unhealthy", .reason = std::move(reason), .at = {}};
}

TEST_CASE("a server is known by its URL, and an address needs no name") {
  struct Row {
    ServerConfig config;
    std::string_view url;
    bool named;
  };
  const Row rows[] = {{at("10.0.0.1"), "http://10.0.0.1:8080", false},
                      {at("2001:db8::1"), "http://[2001:db8::1]:8080", false},
                      {at("app.example", 80), "http://app.example:80", true}};
  for (const Row& row : rows) {
    Server server(backend_config(), row.config, nullptr);
    CHECK(server.url() == row.url);
    CHECK(server.named() == row.named);
    CHECK(server.addresses()->size() == (row.named ? 0 : 1));
    CHECK(server.tls_name() == row.config.host);
  }
}

TEST_CASE("enough failures in a row eject a server for a while, and one of them says so") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  CHECK(server.available(kStart));
  CHECK(!server.failed(kStart, "one"));
  CHECK(!server.failed(kStart, "two"));
  CHECK(server.available(kStart));
  CHECK(server.failed(kStart, "three"));
  CHECK(server.ejected(kStart));
  CHECK(server.healthy());
  CHECK(!server.available(kStart));
  CHECK(!server.failed(kStart + 1s, "four"));
  CHECK(server.story().reason == "four");
  CHECK(server.ejected(kStart + 9'999ms));
  CHECK(server.available(kStart + 10s));
}

TEST_CASE("a server that fails again after its ejection is ejected at once, until it succeeds") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  for (int i = 0; i < 3; ++i) server.failed(kStart, "down");
  net::Instant later = kStart + 10s;
  CHECK(server.failed(later, "still down"));
  net::Instant much_later = later + 20s;
  server.succeeded();
  CHECK(!server.failed(much_later, "once"));
  CHECK(server.available(much_later));
}

TEST_CASE("each ejection in a row takes twice as long, up to a bound") {
  BackendConfig config = backend_config();
  config.eject_time_max = 35s;
  Server server(config, at("10.0.0.1"), nullptr);
  net::Instant now = kStart;
  for (int i = 0; i < 3; ++i) server.failed(now, "down");
  for (auto length : {10s, 20s, 35s, 35s}) {
    CHECK(server.story().ejection == length);
    CHECK(server.ejected(now + length - 1ms));
    now += length;
    CHECK(!server.ejected(now));
    server.failed(now, "still down");
  }
}

TEST_CASE("an ejection takes as long as the first one only after the server has served as long as it was left out") {
  for (auto served : {19s, 20s}) {
    Server server(backend_config(), at("10.0.0.1"), nullptr);
    for (int i = 0; i < 3; ++i) server.failed(kStart, "down");
    server.failed(kStart + 10s, "still down");
    CHECK(server.story().ejection == 20s);
    server.succeeded();
    for (int i = 0; i < 3; ++i) server.failed(kStart + 30s + served, "again");
    CHECK(server.story().ejection == (served == 19s ? 40s : 10s));
  }
}

TEST_CASE("a server that came back gets warm from a tenth to the whole") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  CHECK(server.warmth(kStart, 30s) == 1000);
  for (int i = 0; i < 3; ++i) server.failed(kStart, "down");
  net::Instant back = kStart + 10s;
  CHECK(server.warmth(back, 30s) == 100);
  CHECK(server.warmth(back + 10s, 30s) == 400);
  CHECK(server.warmth(back + 29s, 30s) == 970);
  CHECK(server.warmth(back + 30s, 30s) == 1000);
  CHECK(server.warmth(back, 0s) == 1000);
}

TEST_CASE("who is well again is cold, whose check was never failed is not") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  Server::Check well, ill;
  well.passed = true;
  server.judged(well, 1, 1);
  CHECK(server.warmth(net::Clock::now(), 1h) == 1000);
  server.judged(ill, 1, 1);
  server.judged(well, 1, 1);
  CHECK(server.warmth(net::Clock::now(), 1h) == 100);
  CHECK(server.warmth(net::Clock::now() + 1h, 1h) == 1000);
}

TEST_CASE("a success between failures starts the count anew") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  for (int i = 0; i < 10; ++i) {
    CHECK(!server.failed(kStart, "now and then"));
    CHECK(!server.failed(kStart, "now and then"));
    server.succeeded();
  }
  CHECK(server.available(kStart));
}

TEST_CASE(
    "what failed before a check passed, or before the server was taken back in, is no failure in a row any more") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  server.failed(kStart, "down");
  CHECK(server.story().failures == 1);
  Server::Check check;
  check.at = std::chrono::system_clock::now() + 1s;
  server.judged(check, 1, 3);
  CHECK(server.story().failures == 1);
  check.passed = true;
  server.judged(check, 1, 3);
  CHECK(server.story().failures == 0);
  server.unchecked();
  CHECK(server.story().failures == 1);
  server.drain(true);
  server.drain(false);
  CHECK(server.story().failures == 0);
}

TEST_CASE("a server is never ejected where none is wanted") {
  BackendConfig config = backend_config();
  config.eject_after = 0;
  Server server(config, at("10.0.0.1"), nullptr);
  for (int i = 0; i < 100; ++i) CHECK(!server.failed(kStart, "down"));
  CHECK(server.available(kStart));
}

TEST_CASE("the active checks decide by themselves, and say when they change their mind") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  Server::Check passed{.passed = true, .code = {}, .reason = {}, .at = {}};
  CHECK(!server.judged(passed, 1, 2));
  CHECK(!server.judged(failed("503"), 1, 2));
  CHECK(server.available(kStart));
  CHECK(server.judged(failed("503"), 1, 2));
  CHECK(!server.judged(failed("timeout"), 1, 2));
  CHECK(server.story().reason == "timeout");
  CHECK(server.story().check->reason == "timeout");
  CHECK(!server.available(kStart));
  CHECK(!server.ejected(kStart));
  CHECK(server.judged(passed, 1, 2));
  CHECK(server.available(kStart));
  CHECK(server.story().checks_passed == 2);
  CHECK(server.story().checks_failed == 3);
  CHECK(server.story().changes == 2);
}

TEST_CASE("a server that was down is well again once nobody checks it") {
  Server server(backend_config(), at("10.0.0.1"), nullptr);
  CHECK(server.judged(failed("503"), 2, 3));
  CHECK(!server.healthy());
  server.unchecked();
  CHECK(server.healthy());
  CHECK(!server.story().check);
}

TEST_CASE("a server is the same as long as it is reached the same way") {
  BackendConfig config = backend_config();
  Server server(config, at("10.0.0.1"), nullptr);
  CHECK(server.same_as(Server(config, at("10.0.0.1"), nullptr)));
  CHECK(!server.same_as(Server(config, at("10.0.0.1", 8081), nullptr)));
  CHECK(!server.same_as(Server(config, at("10.0.0.2"), nullptr)));
  BackendConfig other = config;
  other.eject_after = 4;
  CHECK(!server.same_as(Server(other, at("10.0.0.1"), nullptr)));
  other = config;
  other.eject_time_max = 1h;
  CHECK(!server.same_as(Server(other, at("10.0.0.1"), nullptr)));
  other = config;
  other.idle_connections = 1;
  CHECK(!server.same_as(Server(other, at("10.0.0.1"), nullptr)));
}

}  // namespace
}  // namespace pforte::gate
