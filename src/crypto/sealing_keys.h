#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace pforte::crypto {

// Seals texts that somebody else keeps for us, such as cookies: nobody can read or change them, or make one.
// XChaCha20-Poly1305, whose nonces may be random however many there are. Immutable: threads share one.
class SealingKeys {
 public:
  struct Key {
    std::uint32_t number;  // stands in what it sealed
    Secret secret;         // kSecretBytes
  };
  static constexpr std::size_t kSecretBytes = 32;

  // The first seals; all open. At least one.
  explicit SealingKeys(std::vector<Key> keys);

  // Whether both have the same keys, by their numbers, in the same order.
  bool same_as(const SealingKeys& other) const;

  // base64url. `purpose` is bound to it: what was sealed for one purpose does not open for another.
  std::string seal(std::string_view plain, std::string_view purpose) const;

  // Appended to `plain`, whose storage is used again. False, with `plain` as it was: not ours, changed, for another
  // purpose, or its key has gone.
  bool open(std::string_view sealed, std::string_view purpose, std::string& plain) const;

 private:
  std::vector<Key> keys_;
};

}  // namespace pforte::crypto
