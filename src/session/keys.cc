#include "session/keys.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/random.h"

namespace pforte::session {
namespace {

using namespace std::chrono_literals;

// When keys of a purpose come and go. Each is published, then used, then only known, then gone.
struct Course {
  std::string_view purpose;                // in the store
  Result<std::string> (*make)();           // a new one, as the store has it
  std::chrono::milliseconds period;        // until it gets a successor
  std::chrono::milliseconds announcement;  // from then until the successor is used
  std::chrono::milliseconds memory;        // from then until it goes
};

struct StoredKey {
  std::uint32_t number;
  Time made;
  Secret secret;
};
using StoredKeys = std::vector<StoredKey>;  // the newest last

Result<std::string> make_sealing_secret() {
  return to_hex(crypto::random_bytes(crypto::SealingKeys::kSecretBytes));
}

Result<std::string> make_signing_pem() {
  crypto::SigningKey key = TRY(crypto::SigningKey::make());
  Secret pem = TRY(key.to_pem());
  return std::string(pem.reveal());
}

Course course_of_sealing(std::chrono::milliseconds rotation, std::chrono::milliseconds lifetime) {
  // Another node may seal with the old one for as long as it cannot ask the store.
  constexpr std::chrono::milliseconds kLate = 1h;
  return {"session-sealing", make_sealing_secret, rotation, 1min, kLate + lifetime};
}

Course course_of_signing() {
  return {"assertion-signing", make_signing_pem, std::chrono::days(30), std::chrono::days(1), std::chrono::days(1)};
}

Result<StoredKeys> read_keys(store::Store& store, std::string_view purpose) {
  StoredKeys keys;
  TRY(store.read("SELECT number, made, secret FROM secret_key WHERE purpose = ? ORDER BY number",
                 {std::string(purpose)}, [&](const store::Row& row) {
                   keys.push_back(
                       {std::uint32_t(row.number(0)), from_milliseconds(row.number(1)), Secret(row.text(2))});
                 }));
  return keys;
}

bool lacks_successor(const StoredKeys& keys, const Course& course, Time now) {
  return keys.empty() || keys.back().made + course.period <= now;
}

// How many, of the oldest, nobody needs any more.
std::size_t count_of_gone(const StoredKeys& keys, const Course& course, Time now) {
  std::size_t count = 0;
  while (count + 1 < keys.size() && keys[count + 1].made + course.announcement + course.memory <= now) ++count;
  return count;
}

// The one that is used: the newest that is known everywhere, or else the oldest.
std::size_t position_in_use(const StoredKeys& keys, const Course& course, Time now) {
  std::size_t position = keys.size() - 1;
  while (position > 0 && keys[position].made + course.announcement > now) --position;
  return position;
}

// Within a transaction, so that nobody else does the same meanwhile.
Result<> renew(store::Store& store, const Course& course, Time now) {
  std::string purpose(course.purpose);
  StoredKeys keys = TRY(read_keys(store, purpose));
  if (std::size_t gone = count_of_gone(keys, course, now); gone > 0) {
    (void)TRY(store.change("DELETE FROM secret_key WHERE purpose = ? AND number < ?",
                           {purpose, std::int64_t(keys[gone].number)}));
  }
  if (!lacks_successor(keys, course, now)) return {};
  std::int64_t number = keys.empty() ? 1 : std::int64_t(keys.back().number) + 1;
  std::string secret = TRY(course.make());
  (void)TRY(store.change("INSERT INTO secret_key (purpose, number, made, secret) VALUES (?, ?, ?, ?)",
                         {purpose, number, in_milliseconds(now), secret}));
  explicit_bzero(secret.data(), secret.size());
  return {};
}

// Reads the keys, and renews them before if one is due: seldom, so that it is asked without a transaction first.
Result<StoredKeys> current_keys(store::Store& store, const Course& course, Time now) {
  StoredKeys keys = TRY(read_keys(store, course.purpose));
  if (!lacks_successor(keys, course, now) && count_of_gone(keys, course, now) == 0) return keys;
  auto work = [&] -> Result<> {
    TRY(renew(store, course, now));
    keys = TRY(read_keys(store, course.purpose));
    return {};
  };
  TRY(store.transact(work));
  return keys;
}

Result<crypto::SealingKeys::Key> sealing_key(const StoredKey& stored) {
  std::optional<std::string> secret = from_hex(stored.secret.reveal());
  if (!secret || secret->size() != crypto::SealingKeys::kSecretBytes)
    return fail(Kind::Invalid, "session.key-damaged",
                cat("the store's key ", stored.number, " that seals sessions is damaged"));
  crypto::SealingKeys::Key key{stored.number, Secret(*secret)};
  explicit_bzero(secret->data(), secret->size());
  return key;
}

Result<std::shared_ptr<const crypto::SealingKeys>> sealing_keys(const StoredKeys& stored, std::size_t in_use) {
  std::vector<crypto::SealingKeys::Key> keys;
  keys.push_back(TRY(sealing_key(stored[in_use])));  // the first seals
  for (std::size_t i = 0; i < stored.size(); ++i) {
    if (i != in_use) keys.push_back(TRY(sealing_key(stored[i])));
  }
  return std::make_shared<const crypto::SealingKeys>(std::move(keys));
}

std::string jwks_of(const std::vector<std::shared_ptr<const crypto::SigningKey>>& keys) {
  std::string list;
  for (const auto& key : keys) list += cat(list.empty() ? "" : ",", key->public_jwk());
  return cat(R"({"keys":[)", list, "]}");
}

}  // namespace

Result<std::shared_ptr<const Keys>> renew_keys(store::Store& store, std::chrono::milliseconds rotation,
                                               std::chrono::milliseconds lifetime, Time now) {
  Course sealing = course_of_sealing(rotation, lifetime);
  Course signing = course_of_signing();
  StoredKeys sealing_stored = TRY(current_keys(store, sealing, now));
  StoredKeys signing_stored = TRY(current_keys(store, signing, now));

  auto keys = std::make_shared<Keys>();
  keys->sealing = TRY(sealing_keys(sealing_stored, position_in_use(sealing_stored, sealing, now)));
  for (const StoredKey& stored : signing_stored)
    keys->signing.push_back(
        std::make_shared<const crypto::SigningKey>(TRY(crypto::SigningKey::from_pem(stored.secret))));
  keys->signer = keys->signing[position_in_use(signing_stored, signing, now)];
  keys->jwks = jwks_of(keys->signing);
  return keys;
}

}  // namespace pforte::session
