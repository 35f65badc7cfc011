#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "acme/document.h"

// When certificates are renewed. Everything is spread out: what many gates do at one moment is an attack on the CA.

namespace pforte::acme {

using Time = std::chrono::sys_seconds;

// Where in a range of time something is done, in thousandths: 0 to 999.
using Spread = std::uint16_t;

// One that stays the same for the same names, so that a restart does not move what is planned.
Spread spread_of(std::string_view names);

// When a certificate is renewed whose CA says nothing about it: when a third of its lifetime is left, and up to a
// thirtieth of it earlier.
Time regular_renewal(Time not_before, Time not_after, Spread spread);

// The same by what the CA says: within its window (RFC 9773, 4.2).
Time renewal_within(const RenewalInfo& window, Spread spread);

// How long nothing is tried after so many failures in a row: 1 min at first, four times as long each time, at most a
// day; and up to a tenth longer. Never less than what the CA has asked for.
std::chrono::seconds pause_after(unsigned failures, std::chrono::seconds asked, Spread spread);

}  // namespace pforte::acme
