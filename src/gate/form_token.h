#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "crypto/sealing_keys.h"

namespace pforte::gate {

// What a form of ours carries so that no other site can send it in an agent's name: sealed, for one host, and bound to
// something that only the agent's browser has (a cookie of its own, or its session). Good for an hour.
inline constexpr std::chrono::seconds kFormTokenLife = std::chrono::hours(1);

using FormTime = std::chrono::system_clock::time_point;

std::string make_form_token(std::string_view bound_to, std::string_view host, FormTime now,
                            const crypto::SealingKeys& keys);

bool is_form_token(std::string_view token, std::string_view bound_to, std::string_view host, FormTime now,
                   const crypto::SealingKeys& keys);

}  // namespace pforte::gate
