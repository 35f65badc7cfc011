#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "authority/authority.h"

namespace pforte::authority {

constexpr auto kCrlLifetime = std::chrono::days(7);

struct RevocationList {
  std::string der;
  std::uint64_t number = 0;
  UtcTime this_update, next_update;
};

// The list of what the intermediate has issued and revoked, as the store has it: signed anew when something was revoked
// since, and in the second half of its life, so that whoever holds the key may ask at any time. Numbers grow, whoever
// signs. Those that expired more than a week ago are left out.
//
// Fails as the store and crypto::make_crl() do.
Result<RevocationList> current_list(store::Store& store, const Authority& authority, UtcTime now,
                                    std::chrono::seconds lifetime = kCrlLifetime);

}  // namespace pforte::authority
