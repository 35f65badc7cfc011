#include "session/keys.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "session/testing.h"
#include "store/testing.h"

namespace pforte::session {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using std::chrono::days;
using store::testing::number;
using store::testing::TemporaryStore;

constexpr std::chrono::milliseconds kRotation = days(7);
constexpr std::chrono::milliseconds kLifetime = 10h;

std::shared_ptr<const Keys> keys_at(TemporaryStore& store, Time now) {
  return renew_keys(*store, kRotation, kLifetime, now).value();
}

bool opens(const Keys& keys, std::string_view sealed) {
  std::string plain;
  return keys.sealing->open(sealed, "test", plain);
}

std::string sealed_by(const Keys& keys) {
  return keys.sealing->seal("x", "test");
}

// The names of the keys in jwks.json.
std::vector<std::string> published(const Keys& keys) {
  std::vector<std::string> ids;
  for (const auto& key : nlohmann::json::parse(keys.jwks).at("keys")) ids.push_back(key.at("kid"));
  return ids;
}

TEST_CASE("the first keys are made, kept, and used at once") {
  TemporaryStore store;
  std::shared_ptr<const Keys> first = keys_at(store, kNoon);
  std::shared_ptr<const Keys> again = keys_at(store, kNoon + 1h);
  CHECK(opens(*again, sealed_by(*first)));
  CHECK(again->signer->id() == first->signer->id());
  CHECK(published(*first) == std::vector{first->signer->id()});
  CHECK(again->jwks == first->jwks);
  CHECK(number(*store, "SELECT COUNT(*) FROM secret_key") == 2);
}

TEST_CASE("other stores have other keys") {
  TemporaryStore store, other;
  CHECK(!opens(*keys_at(store, kNoon), sealed_by(*keys_at(other, kNoon))));
  CHECK(keys_at(store, kNoon)->signer->id() != keys_at(other, kNoon)->signer->id());
}

TEST_CASE("a new key that seals opens on every node before one uses it") {
  TemporaryStore store;
  std::shared_ptr<const Keys> first = keys_at(store, kNoon);
  CHECK(opens(*first, sealed_by(*keys_at(store, kNoon + kRotation - 1ms))));
  // Made, known, not used: what it seals opens where it is not known yet.
  CHECK(opens(*first, sealed_by(*keys_at(store, kNoon + kRotation))));
  CHECK(number(*store, "SELECT COUNT(*) FROM secret_key WHERE purpose = 'session-sealing'") == 2);
  std::shared_ptr<const Keys> before = keys_at(store, kNoon + kRotation + 59s);
  CHECK(opens(*first, sealed_by(*before)));
  std::shared_ptr<const Keys> after = keys_at(store, kNoon + kRotation + 60s);
  CHECK(!opens(*first, sealed_by(*after)));
  CHECK(opens(*before, sealed_by(*after)));
}

TEST_CASE("no session ends because its key is replaced, and no key stays for ever") {
  TemporaryStore store;
  std::string oldest = sealed_by(*keys_at(store, kNoon));
  Time replaced = kNoon + kRotation;
  CHECK(opens(*keys_at(store, replaced), oldest));
  std::string last = sealed_by(*keys_at(store, replaced + 59s));
  CHECK(opens(*keys_at(store, replaced + 1min + kLifetime), last));
  CHECK(opens(*keys_at(store, replaced + 1min + kLifetime + 1h - 1ms), last));
  CHECK(!opens(*keys_at(store, replaced + 1min + kLifetime + 1h), last));
  CHECK(number(*store, "SELECT COUNT(*) FROM secret_key WHERE purpose = 'session-sealing'") == 1);
}

TEST_CASE("a key that signs is published a day before it signs and a day after") {
  TemporaryStore store;
  std::string first = keys_at(store, kNoon)->signer->id();
  CHECK(published(*keys_at(store, kNoon + days(30) - 1ms)) == std::vector{first});

  std::shared_ptr<const Keys> announced = keys_at(store, kNoon + days(30));
  REQUIRE(published(*announced).size() == 2);
  CHECK(published(*announced).front() == first);
  std::string second = published(*announced).back();
  CHECK(announced->signing.back()->id() == second);
  CHECK(announced->signer->id() == first);
  CHECK(keys_at(store, kNoon + days(31) - 1ms)->signer->id() == first);

  std::shared_ptr<const Keys> changed = keys_at(store, kNoon + days(31));
  CHECK(changed->signer->id() == second);
  CHECK(published(*changed) == std::vector{first, second});
  CHECK(published(*keys_at(store, kNoon + days(32) - 1ms)) == std::vector{first, second});
  CHECK(published(*keys_at(store, kNoon + days(32))) == std::vector{second});
}

TEST_CASE("a gate that stood still for long goes on with the keys that others know") {
  TemporaryStore store;
  std::shared_ptr<const Keys> first = keys_at(store, kNoon);
  std::shared_ptr<const Keys> later = keys_at(store, kNoon + days(400));
  CHECK(later->signer->id() == first->signer->id());
  CHECK(opens(*first, sealed_by(*later)));
  CHECK(keys_at(store, kNoon + days(401))->signer->id() != first->signer->id());
}

TEST_CASE("keys whose time has not come, since a clock was set back, are used all the same") {
  TemporaryStore store;
  std::shared_ptr<const Keys> first = keys_at(store, kNoon);
  std::shared_ptr<const Keys> earlier = keys_at(store, kNoon - days(100));
  CHECK(opens(*earlier, sealed_by(*first)));
  CHECK(earlier->signer->id() == first->signer->id());
}

TEST_CASE("nodes that renew at the same time agree") {
  TemporaryStore store;
  (void)keys_at(store, kNoon);
  constexpr int kNodes = 4;
  std::vector<std::shared_ptr<const Keys>> keys(kNodes);
  {
    std::vector<std::jthread> nodes;
    nodes.reserve(kNodes);
    for (auto& mine : keys) {
      nodes.emplace_back([&store, &mine] {
        auto own = store::open_sqlite(store.folder.file("pforte.db")).value();
        mine = renew_keys(*own, kRotation, kLifetime, kNoon + days(31)).value();
      });
    }
  }
  CHECK(number(*store, "SELECT COUNT(*) FROM secret_key") == 4);
  for (const auto& one : keys) {
    CHECK(one->jwks == keys[0]->jwks);
    for (const auto& other : keys) CHECK(opens(*one, sealed_by(*other)));
  }
}

TEST_CASE("a damaged key in the store is told") {
  struct Row {
    std::string_view purpose, code;
  };
  for (const Row& row :
       {Row{"session-sealing", "session.key-damaged"}, Row{"assertion-signing", "signing-key.damaged"}}) {
    for (std::string secret : {"", "00", "no key"}) {
      TemporaryStore store;
      (void)keys_at(store, kNoon);
      REQUIRE(store->change("UPDATE secret_key SET secret = ? WHERE purpose = ?", {secret, std::string(row.purpose)}));
      auto keys = renew_keys(*store, kRotation, kLifetime, kNoon);
      REQUIRE(!keys);
      CHECK(keys.error().code() == row.code);
    }
  }
}

}  // namespace
}  // namespace pforte::session
