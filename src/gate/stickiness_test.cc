#include "gate/stickiness.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "crypto/random.h"
#include "gate/testing.h"

namespace pforte::gate {
namespace {

using namespace std::chrono_literals;
using crypto::SealingKeys;

constexpr session::Time kTime{1'700'000'000s};
constexpr net::Instant kInstant{1000h};

SealingKeys new_keys() {
  std::vector<SealingKeys::Key> keys;
  keys.push_back({.number = 7, .secret = Secret(crypto::random_bytes(SealingKeys::kSecretBytes))});
  return SealingKeys(std::move(keys));
}

// A sticky backend of three servers, and one client's requests to it.
struct Inn {
  explicit Inn(StickyConfig::By by = StickyConfig::By::Cookie) {
    bool own = by == StickyConfig::By::Cookie;
    backend.config.name.value = "crm";
    backend.config.sticky =
        StickyConfig{.by = by, .name = own ? "__Host-pforte-server-crm" : "JSESSIONID", .lifetime = {}};
    if (!own) backend.sessions = std::make_shared<SessionPlaces>();
    for (int i = 0; i < 3; ++i) {
      ServerConfig config;
      config.host = cat("10.0.0.", i + 1);
      config.port = 8080;
      if (!own && i < 2) config.route = cat("node", i);
      backend.config.servers.push_back(config);
      backend.servers.push_back(std::make_shared<Server>(backend.config, config, nullptr));
    }
  }
  Server& server(std::size_t number) { return *backend.servers[number]; }

  // The number of the server where a client with these cookies belongs; -1: nowhere.
  int place(const std::string& cookies, session::Time now = kTime) {
    head.fields = {{"Cookie", cookies, http::FieldName::Cookie}};
    Stickiness stickiness(backend, head, &keys, now);
    const Server* found = stickiness.server(kInstant);
    for (int i = 0; i < 3; ++i) {
      if (backend.servers[std::size_t(i)].get() == found) return i;
    }
    return -1;
  }
  // What is told to a client with these cookies after `number` has answered, up to its attributes.
  std::string told(const std::string& cookies, std::size_t number, session::Time now = kTime) {
    head.fields = {{"Cookie", cookies, http::FieldName::Cookie}};
    Stickiness stickiness(backend, head, &keys, now);
    std::string cookie(stickiness.note(server(number), answer, &keys, now));
    return cookie.substr(0, cookie.find(';'));
  }

  Backend backend;
  SealingKeys keys = new_keys();
  http::RequestHead head;
  http::ResponseHead answer;
};

TEST_CASE("a client that was told its server belongs there") {
  Inn inn;
  CHECK(inn.place("") == -1);
  for (std::size_t number : {0, 1, 2}) {
    std::string cookie = inn.told("", number);
    CHECK(inn.place(cookie) == int(number));
    CHECK(inn.place(cat("a=b; ", cookie, "; c=d")) == int(number));
    CHECK(inn.told(cookie, number).empty());  // it knows
    CHECK(!inn.told(cookie, (number + 1) % 3).empty());
  }
}

TEST_CASE("a server's cookie tells nobody which it is, and has the attributes of the session's") {
  Inn inn;
  Stickiness stickiness(inn.backend, inn.head, &inn.keys, kTime);
  std::string cookie(stickiness.note(inn.server(1), inn.answer, &inn.keys, kTime));
  CHECK(cookie.starts_with("__Host-pforte-server-crm="));
  CHECK(cookie.find("10.0.0") == std::string::npos);
  for (std::string_view attribute : {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"})
    CHECK(cookie.contains(attribute));
  CHECK(!cookie.contains("Max-Age"));
  CHECK(inn.told("", 1) != inn.told("", 1));
  inn.backend.config.sticky->lifetime = 2h;
  Stickiness lasting(inn.backend, inn.head, &inn.keys, kTime);
  CHECK(lasting.note(inn.server(1), inn.answer, &inn.keys, kTime).contains("; Max-Age=7200"));
}

TEST_CASE(
    "a cookie that was forged, is of other keys or of another backend leads nowhere, and a good one behind it does") {
  Inn inn, other;
  std::string cookie = inn.told("", 1);
  std::string changed = cookie;
  changed[changed.size() - 5] = changed[changed.size() - 5] == 'A' ? 'B' : 'A';
  CHECK(inn.place(changed) == -1);
  CHECK(other.place(cookie) == -1);
  CHECK(inn.place("__Host-pforte-server-crm=") == -1);
  CHECK(inn.place(cat(changed, "; ", cookie)) == 1);
  inn.backend.config.name.value = "erp";
  CHECK(inn.place(cookie) == -1);
}

TEST_CASE("a cookie is made anew after an hour, and leads nowhere once its client was away for too long") {
  Inn inn;
  std::string cookie = inn.told("", 1);
  CHECK(inn.told(cookie, 1, kTime + 59min).empty());
  CHECK(!inn.told(cookie, 1, kTime + 61min).empty());
  CHECK(inn.place(cookie, kTime + 9h) == 1);
  CHECK(inn.place(cookie, kTime + 11h) == -1);
  CHECK(inn.place(cookie, kTime - 1min) == 1);  // the clock of another node
  CHECK(inn.place(cookie, kTime - 1h) == -1);
}

TEST_CASE("a client leaves a server that is down, ejected or gone") {
  Inn inn;
  std::string cookie = inn.told("", 1);
  testing::fail_check(inn.server(1));
  CHECK(inn.place(cookie) == -1);
  inn.server(1).unchecked();
  CHECK(inn.place(cookie) == 1);
  for (int i = 0; i < 10; ++i) inn.server(1).failed(kInstant, "down");
  CHECK(inn.place(cookie) == -1);
  cookie = inn.told("", 2);
  inn.backend.servers.pop_back();
  CHECK(inn.place(cookie) == -1);
}

TEST_CASE("without keys nobody is told anything") {
  Inn inn;
  Stickiness stickiness(inn.backend, inn.head, nullptr, kTime);
  CHECK(stickiness.server(kInstant) == nullptr);
  CHECK(stickiness.note(inn.server(0), inn.answer, nullptr, kTime).empty());
}

TEST_CASE("an application's session leads to the server whose route it ends with") {
  Inn inn(StickyConfig::By::ApplicationCookie);
  CHECK(inn.place("JSESSIONID=1A2B.node0") == 0);
  CHECK(inn.place("a=b; JSESSIONID=1A.2B.node1") == 1);
  CHECK(inn.place("JSESSIONID=1A2B.node9") == -1);
  CHECK(inn.place("JSESSIONID=1A2B.") == -1);  // not the server without a route
  CHECK(inn.place("JSESSIONID=node0") == -1);
  CHECK(inn.place("OTHER=1A2B.node0") == -1);
  CHECK(inn.told("JSESSIONID=1A2B.node9", 0).empty());  // no cookie of ours
}

TEST_CASE("a session without a route is learnt from the answer that begins it") {
  Inn inn(StickyConfig::By::ApplicationCookie);
  inn.answer.fields = {{"Set-Cookie", "JSESSIONID=abc; Path=/; HttpOnly", http::FieldName::SetCookie},
                       {"Set-Cookie", "OTHER=xyz", http::FieldName::SetCookie}};
  CHECK(inn.told("", 2).empty());
  CHECK(inn.place("JSESSIONID=abc") == 2);
  CHECK(inn.place("JSESSIONID=xyz") == -1);
  inn.answer.fields = {{"Set-Cookie", "JSESSIONID=; Max-Age=0", http::FieldName::SetCookie}};
  inn.told("", 2);
  CHECK(inn.place("JSESSIONID=") == -1);
}

}  // namespace
}  // namespace pforte::gate
