#pragma once

#include <cstdint>
#include <string>

#include "doctor/finding.h"

namespace pforte::doctor {

// What an alert of a server means.
struct AlertMeaning {
  std::uint8_t number;
  std::string_view name;  // "handshake_failure"
  Words means;            // what a server says by it, a clause
  Words remedy;
};

// Those that a server sends to a client in a handshake; one that is not known means nothing in particular.
// Source: RFC 8446, 6.2; RFC 5246, 7.2.2; RFC 6066, 9; RFC 7301, 3.2.
const AlertMeaning& meaning_of_alert(std::uint8_t number);

// "handshake_failure (40)"
std::string alert_text(std::uint8_t number);

}  // namespace pforte::doctor
