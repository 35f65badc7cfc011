#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "pki/trust_store.h"

namespace pforte::pki {

enum class LintLevel : std::uint8_t {
  Error,    // what it is meant for does not work, or is not safe
  Warning,  // it works, and will be in the way one day
};

// Something in a trust store that should not be there, or should be otherwise.
struct LintFinding {
  std::string_view id;  // stable: "trust.expired"
  LintLevel level = LintLevel::Warning;
  std::optional<std::size_t> entry = {};  // its place in the store; none: the store itself, or a key
  std::string alias = {};                 // of the entry or the key
  Message why;
  std::string_view source = {};  // where it is written that it matters
  Message remedy;
  std::string command = {};        // of Pforte, that does it; empty: none does
  std::string other_command = {};  // of keytool or openssl
};

// What is known about the store beside its content.
struct LintFacts {
  std::chrono::sys_seconds now;
  std::optional<std::string> known_password = {};  // it opens with this one, which everybody tries
};

// All that is wrong with a store: first the store itself, then its entries in their order.
std::vector<LintFinding> lint_trust_store(const TrustStore& store, const LintFacts& facts);

}  // namespace pforte::pki
