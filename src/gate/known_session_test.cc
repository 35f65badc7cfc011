#include "gate/known_session.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "session/cookie.h"

namespace pforte::gate {

namespace {

crypto::SealingKeys some_keys(char letter) {
  std::vector<crypto::SealingKeys::Key> keys;
  keys.push_back({.number = 1, .secret = Secret(std::string(crypto::SealingKeys::kSecretBytes, letter))});
  return crypto::SealingKeys(std::move(keys));
}

std::string cookie_of(const std::string& login, const crypto::SealingKeys& keys) {
  session::Session session;
  session.id = "0123456789012345678901";
  session.login = login;
  session.groups = {"agents", "crm-admins"};
  return session::seal(session, "crm.example.com", keys).value();
}

}  // namespace

TEST_CASE("a cookie is opened once and then known") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  std::string cookie = cookie_of("susan", keys);
  auto first = sessions.find(cookie, "crm.example.com", keys);
  REQUIRE(first);
  CHECK(first->session.login == "susan");
  CHECK(first->groups == "agents,crm-admins");
  CHECK(sessions.find(cookie, "crm.example.com", keys) == first);
}

TEST_CASE("a session that has just begun is known by its cookie") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  std::string cookie = cookie_of("susan", keys);
  auto begun = std::make_shared<KnownSession>();
  begun->host = "crm.example.com";
  sessions.add(cookie, begun);
  CHECK(sessions.find(cookie, "crm.example.com", keys) == begun);
  CHECK(sessions.find(cookie, "evil.example.com", keys) == nullptr);
}

TEST_CASE("a cookie that is known at one host is none at another") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  std::string cookie = cookie_of("susan", keys);
  REQUIRE(sessions.find(cookie, "crm.example.com", keys));
  CHECK(sessions.find(cookie, "evil.example.com", keys) == nullptr);
}

TEST_CASE("a key that has gone opens nothing once the memory is cleared") {
  KnownSessions sessions;
  crypto::SealingKeys keys = some_keys('k');
  std::string cookie = cookie_of("susan", keys);
  REQUIRE(sessions.find(cookie, "crm.example.com", keys));
  sessions.clear();
  CHECK(sessions.find(cookie, "crm.example.com", some_keys('x')) == nullptr);
}

TEST_CASE("what is used stays known however many others come") {
  KnownSessions sessions;
  crypto::SealingKeys keys = some_keys('k');
  std::string cookie = cookie_of("susan", keys);
  auto first = sessions.find(cookie, "crm.example.com", keys);
  for (int i = 0; i < 10'000; ++i) {
    sessions.find(cookie_of(cat("agent", i), keys), "crm.example.com", keys);
    if (i % 1000 == 0) CHECK(sessions.find(cookie, "crm.example.com", keys) == first);
  }
}

}  // namespace pforte::gate
