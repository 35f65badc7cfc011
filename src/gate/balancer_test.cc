#include "gate/balancer.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "base/text.h"
#include "gate/testing.h"
#include "http/exchange.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
using Shares = std::map<int, int>;

// A backend of so many servers, and who asks.
struct Farm {
  explicit Farm(std::size_t servers, Balance balance = Balance::RoundRobin) {
    backend.config.balance.by = balance;
    backend.config.eject_after = 1;
    for (std::size_t i = 0; i < servers; ++i) add(cat("10.0.0.", i + 1));
  }

  void add(const std::string& host) {
    ServerConfig config;
    config.host = host;
    config.port = 8080;
    backend.config.servers.push_back(config);
    backend.servers.push_back(std::make_shared<Server>(backend.config, config, nullptr));
  }
  ServerConfig& config(std::size_t number) { return backend.config.servers[number]; }
  Server& server(std::size_t number) { return *backend.servers[number]; }

  std::expected<Place, Balancer::Lack> ask(const Server* only = nullptr, bool firm = true) {
    return balancer.choose(backend, {.request = request, .client = client, .tried = tried, .only = only, .firm = firm});
  }
  // The number of the server that gets the next request; -1: none.
  int choose() {
    auto place = ask();
    return place ? number_of(*place) : -1;
  }
  int number_of(const Place& place) const {
    return int(std::ranges::find(backend.servers, place.server()) - backend.servers.begin());
  }
  // Who gets how many of so many requests, one after the other.
  Shares shares(int requests) {
    Shares shares;
    for (int i = 0; i < requests; ++i) ++shares[choose()];
    return shares;
  }
  // Who gets how many of so many requests that are all under way at once.
  Shares shares_at_once(int requests) {
    Shares shares;
    std::vector<Place> places;
    places.reserve(std::size_t(requests));
    for (int i = 0; i < requests; ++i) {
      auto place = ask();
      REQUIRE(place);
      ++shares[number_of(*place)];
      places.push_back(*std::move(place));
    }
    return shares;
  }
  // Each of so many clients' server.
  std::vector<std::string> homes(int clients) {
    std::vector<std::string> homes;
    for (int i = 0; i < clients; ++i) {
      client = net::parse_ip(cat("192.0.", i / 250, '.', i % 250)).value();
      auto place = ask();
      homes.push_back(place ? place->server()->url() : "");
    }
    return homes;
  }

  net::Loop loop;
  Backend backend;
  Balancer balancer{loop, 1};
  http::RequestHead request;
  net::Address client = net::parse_ip("192.0.2.1").value();
  std::vector<const Server*> tried;
};

constexpr Balance kAll[] = {Balance::RoundRobin, Balance::LeastConnections, Balance::PowerOfTwo, Balance::Hash};

TEST_CASE("round-robin gives everybody his turn") {
  Farm farm(3);
  int before = -1;
  for (int i = 0; i < 30; ++i) {
    int chosen = farm.choose();
    CHECK(chosen != before);
    before = chosen;
  }
  CHECK(farm.shares(30) == Shares{{0, 10}, {1, 10}, {2, 10}});
}

TEST_CASE("round-robin gives by weight, and the turns of a heavy server lie between those of the others") {
  Farm farm(3);
  farm.config(0).weight = 5;
  std::string order;
  for (int i = 0; i < 7; ++i) order += char('a' + farm.choose());
  CHECK(order == "aabacaa");
  CHECK(farm.shares(70) == Shares{{0, 50}, {1, 10}, {2, 10}});
}

TEST_CASE("least-connections goes to who has least to do, and spreads among equals") {
  Farm farm(3, Balance::LeastConnections);
  CHECK(farm.shares(30) == Shares{{0, 10}, {1, 10}, {2, 10}});
  auto first = farm.ask(&farm.server(0));
  auto second = farm.ask(&farm.server(2));
  CHECK(farm.shares(5) == Shares{{1, 5}});
  auto third = farm.ask(&farm.server(1));
  auto fourth = farm.ask(&farm.server(1));
  CHECK(farm.shares(6) == Shares{{0, 3}, {2, 3}});
}

TEST_CASE("who weighs more has more under way, and alone he gets more as well") {
  Farm farm(2, Balance::LeastConnections);
  farm.config(0).weight = 3;
  CHECK(farm.shares_at_once(40) == Shares{{0, 30}, {1, 10}});
  CHECK(farm.shares(40) == Shares{{0, 30}, {1, 10}});
}

TEST_CASE("what another worker has under way counts as well") {
  Farm farm(2, Balance::LeastConnections);
  Balancer other(farm.loop, 2);
  auto busy = other.choose(farm.backend, {.request = farm.request, .client = farm.client});
  REQUIRE(busy);
  CHECK(farm.shares(5) == Shares{{1 - farm.number_of(*busy), 5}});
}

TEST_CASE("power-of-two gives by weight, and never to the busiest") {
  Farm farm(3, Balance::PowerOfTwo);
  farm.config(0).weight = 2;
  Shares shares = farm.shares(4000);
  CHECK(shares[0] > shares[1] + 200);
  CHECK(std::abs(shares[1] - shares[2]) < 200);
  auto busy = farm.ask(&farm.server(1));
  CHECK(farm.shares(200).count(1) == 0);
  Shares at_once = Farm(4, Balance::PowerOfTwo).shares_at_once(400);
  for (const auto& [number, share] : at_once) CHECK(std::abs(share - 100) < 10);
}

TEST_CASE("by hash a client stays at its server, and clients are spread by weight") {
  Farm farm(4, Balance::Hash);
  farm.config(0).weight = 2;
  std::vector<std::string> homes = farm.homes(5000);
  CHECK(homes == farm.homes(5000));
  std::map<std::string, int> shares;
  for (const std::string& home : homes) ++shares[home];
  CHECK(std::abs(shares["http://10.0.0.1:8080"] - 2000) < 150);
  for (int i = 2; i <= 4; ++i) CHECK(std::abs(shares[cat("http://10.0.0.", i, ":8080")] - 1000) < 120);
}

TEST_CASE("when one of ten servers goes, its clients move and no others") {
  Farm farm(10, Balance::Hash);
  std::vector<std::string> before = farm.homes(5000);
  const std::string gone = farm.server(3).url();
  SUBCASE("since it is ill") {
    testing::fail_check(farm.server(3));
  }
  SUBCASE("since it was taken out") {
    farm.backend.servers.erase(farm.backend.servers.begin() + 3);
    farm.backend.config.servers.erase(farm.backend.config.servers.begin() + 3);
  }
  std::vector<std::string> after = farm.homes(5000);
  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK((before[i] == gone) == (before[i] != after[i]));
    moved += before[i] != after[i] ? 1 : 0;
  }
  CHECK(std::abs(moved - 500) < 70);
}

TEST_CASE("when an eleventh server comes, it takes its share and nothing else moves") {
  Farm farm(10, Balance::Hash);
  std::vector<std::string> before = farm.homes(5500);
  farm.add("10.0.0.99");
  std::vector<std::string> after = farm.homes(5500);
  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    CHECK(after[i] == "http://10.0.0.99:8080");
    ++moved;
  }
  CHECK(std::abs(moved - 500) < 70);
}

TEST_CASE("by hash of a field those with its value stay together, and without it the client decides") {
  Farm farm(10, Balance::Hash);
  int alone = farm.choose();
  farm.backend.config.balance.hash_field = "x-tenant";
  CHECK(farm.choose() == alone);
  std::map<int, int> used;
  for (int tenant = 0; tenant < 100; ++tenant) {
    std::string name = cat("tenant-", tenant);
    farm.request.fields = {{"X-Tenant", name, http::known_field("X-Tenant")}};
    farm.client = net::parse_ip("192.0.2.1").value();
    int home = farm.choose();
    farm.client = net::parse_ip("2001:db8::7").value();
    CHECK(farm.choose() == home);
    ++used[home];
  }
  CHECK(used.size() == 10);
}

TEST_CASE("who is ill, ejected or tried is passed over, but an ejected one is better than none") {
  for (Balance balance : kAll) {
    Farm farm(3, balance);
    testing::fail_check(farm.server(0));
    farm.server(1).failed(farm.loop.now(), "down");
    CHECK(farm.shares(5) == Shares{{2, 5}});
    farm.tried = {&farm.server(2)};
    CHECK(farm.choose() == 1);
    farm.tried = {&farm.server(2), &farm.server(1)};
    CHECK(farm.ask().error() == Balancer::Lack::NoServer);
    farm.tried = {};
    testing::fail_check(farm.server(2));
    CHECK(farm.choose() == 1);
    testing::fail_check(farm.server(1));
    CHECK(farm.ask().error() == Balancer::Lack::NoServer);
  }
}

TEST_CASE("a backup serves only while no other server is available, and before an ejected one") {
  for (Balance balance : kAll) {
    Farm farm(3, balance);
    farm.config(2).backup = true;
    CHECK(farm.shares(20).count(2) == 0);
    farm.tried = {&farm.server(0)};
    CHECK(farm.choose() == 1);
    farm.tried = {&farm.server(0), &farm.server(1)};
    CHECK(farm.choose() == 2);
    farm.tried = {};
    testing::fail_check(farm.server(0));
    farm.server(1).failed(farm.loop.now(), "down");
    CHECK(farm.shares(5) == Shares{{2, 5}});
    farm.server(2).failed(farm.loop.now(), "down");
    CHECK(farm.shares(5) == Shares{{1, 5}});
  }
}

TEST_CASE("a server gets no more requests at once than it takes, and others have what is too many") {
  for (Balance balance : kAll) {
    Farm farm(2, balance);
    farm.config(0).max_requests = 2;
    farm.config(1).max_requests = 3;
    std::vector<Place> places;
    places.reserve(5);
    for (int i = 0; i < 5; ++i) {
      auto place = farm.ask();
      REQUIRE(place);
      places.push_back(*std::move(place));
    }
    CHECK(farm.server(0).requests() == 2);
    CHECK(farm.server(1).requests() == 3);
    CHECK(farm.ask().error() == Balancer::Lack::AllBusy);
    places.pop_back();
    CHECK(farm.choose() >= 0);
    places.clear();
    CHECK(farm.server(0).requests() + farm.server(1).requests() == 0);
  }
}

TEST_CASE("a full server is still available: its backup does not step in") {
  Farm farm(2);
  farm.config(0).max_requests = 1;
  farm.config(1).backup = true;
  auto place = farm.ask();
  CHECK(farm.ask().error() == Balancer::Lack::AllBusy);
}

TEST_CASE("who wants one server gets it or none, ejected or not") {
  Farm farm(3);
  const Server* wanted = &farm.server(1);
  for (int i = 0; i < 3; ++i) CHECK(farm.number_of(*farm.ask(wanted)) == 1);
  farm.server(1).failed(farm.loop.now(), "down");
  CHECK(farm.number_of(*farm.ask(wanted)) == 1);
  testing::fail_check(farm.server(1));
  CHECK(!farm.ask(wanted));
  // Who is only kept there by a cookie is better off elsewhere.
  CHECK(farm.number_of(*farm.ask(wanted, false)) != 1);
}

TEST_CASE("a server that came back begins with a tenth of its share") {
  for (Balance balance : kAll) {
    Farm farm(2, balance);
    farm.backend.config.balance.slow_start = 1h;
    testing::fail_check(farm.server(0));
    Server::Check well;
    well.passed = true;
    farm.server(0).judged(well, 1, 1);
    int first = 0;
    for (const std::string& home : farm.homes(1100)) first += home == farm.server(0).url() ? 1 : 0;
    CAPTURE(first);
    CHECK(first > 50);
    CHECK(first < 150);
  }
}

// A client that stays.
class PatientExchange final : public http::Exchange {
 public:
  const http::RequestHead& request() const override { return request_; }
  net::Task<http::Piece> read_body() override { co_return http::Piece{{}, true}; }
  std::optional<http::Piece> try_body() override { return http::Piece{{}, true}; }
  void pace(http::Pace) override {}
  bool body_over() const override { return true; }
  const http::Fields& request_trailers() const override { return none_; }
  net::Task<> inform(const http::ResponseHead&) override { co_return {}; }
  void begin(const http::ResponseHead&) override {}
  bool begun() const override { return false; }
  net::Task<> write(std::string_view, http::More, const http::Fields&) override { co_return {}; }
  net::Task<> flush() override { co_return {}; }
  void close_afterwards() override {}
  bool shares_connection() const override { return false; }
  void require_own_connection() override {}
  void tell_when_broken(net::Signal*) override {}
  bool broken() const override { return false; }

 private:
  http::RequestHead request_;
  http::Fields none_;
};

TEST_CASE("who waits for one server that is full holds up nobody who takes another") {
  Farm farm(2);
  farm.config(0).max_requests = farm.config(1).max_requests = 1;
  const Server* full = &farm.server(0);
  auto busy = farm.ask(full);
  REQUIRE(busy);
  auto bound = farm.backend.line->join(farm.loop, 9, {.only = full});
  CHECK(farm.choose() == 1);
  CHECK(farm.ask(full).error() == Balancer::Lack::AllBusy);
  auto any = farm.backend.line->join(farm.loop, 9);
  CHECK(farm.ask().error() == Balancer::Lack::AllBusy);
}

TEST_CASE(
    "who waits for the server that he is kept at gets another when that goes, but who is signed in there does not") {
  for (bool firm : {false, true}) {
    CAPTURE(firm);
    Farm farm(2);
    farm.config(0).max_requests = 1;
    auto busy = farm.ask(&farm.server(0));
    PatientExchange exchange;
    auto wait = [](Farm& at, http::Exchange& client, bool stays) -> net::Task<int> {
      Balancer::Wish wish{.request = at.request, .client = at.client, .only = &at.server(0), .firm = stays};
      Place place = co_await at.balancer.wait(at.backend, wish, client);
      co_return at.number_of(place);
    };
    auto fail = [](Farm& at) -> net::Task<> {
      co_await at.loop.sleep_for(5ms);
      testing::fail_check(at.server(0));
      co_return {};
    };
    farm.loop.spawn(fail(farm), [](Result<>) {});
    Result<int> number = net::run(farm.loop, wait(farm, exchange, firm));
    if (firm) CHECK(number.error().code() == "backend.none");
    if (!firm) CHECK(*number == 1);
  }
}

TEST_CASE("turns go on when servers come and go, and their weights change") {
  Farm farm(2);
  farm.shares(7);
  farm.add("10.0.0.3");
  farm.config(0).weight = 4;
  CHECK(farm.shares(60) == Shares{{0, 40}, {1, 10}, {2, 10}});
  farm.backend.servers.pop_back();
  farm.backend.config.servers.pop_back();
  CHECK(farm.shares(50) == Shares{{0, 40}, {1, 10}});
}

}  // namespace
}  // namespace pforte::gate
