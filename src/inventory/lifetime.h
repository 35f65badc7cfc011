#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "inventory/entry.h"

namespace pforte::inventory {

// How a certificate stands at a time.
enum class Validity : std::uint8_t {
  Valid,
  ExpiresSoon,  // an alarm is due: see due_alarm()
  Expired,
  Early,  // not valid yet
  Revoked,
};

// "valid", "expires-soon", "expired", "early", "revoked".
std::string_view name_of(Validity validity);

Validity validity_of(const Entry& entry, Time now);

// When somebody is told that a certificate ends: 30, 14, 7 and 1 days before; instead of 30, a third of its lifetime
// where that is shorter, and then of the others those that are shorter still; and when it has ended.
enum class Alarm : std::uint8_t { Days30, Third, Days14, Days7, Days1, Expired };

// "30d", "third", "14d", "7d", "1d", "expired".
std::string_view name_of(Alarm alarm);

// The most urgent alarm whose time has come; none: it is too early for any.
std::optional<Alarm> due_alarm(const Entry& entry, Time now);

}  // namespace pforte::inventory
