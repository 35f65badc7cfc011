#pragma once

#include <string>
#include <utility>
#include <vector>

#include "crypto/sealing_keys.h"
#include "session/session.h"

// Sessions and keys of tests.

namespace pforte::session::testing {

// Noon, 1 March 2026 UTC.
inline constexpr Time kNoon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + std::chrono::hours(12)};

inline crypto::SealingKeys sealing_keys(char letter = 'k') {
  std::vector<crypto::SealingKeys::Key> keys;
  keys.push_back({1, Secret(std::string(crypto::SealingKeys::kSecretBytes, letter))});
  return crypto::SealingKeys(std::move(keys));
}

inline Session susan() {
  return {.id = "AAECAwQFBgcICQoLDA0ODw",
          .agent = 7,
          .login = "susan",
          .name = "Susan Grüße",
          .principal = "susan@EXAMPLE.COM",
          .method = "kerberos",
          .groups = {"crm-users", "crm-admins"},
          .began = kNoon,
          .seen = kNoon + std::chrono::milliseconds(1),
          .expires = kNoon + std::chrono::hours(10)};
}

}  // namespace pforte::session::testing
