#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "kerberos/key_ring.h"
#include "kerberos/opened_ticket.h"
#include "kerberos/token.h"

namespace pforte::kerberos {

// Why the library refused a ticket, found by looking at ticket and keys again, since its own words are few. `used` are
// those of the keys that it had, `reason` is what it said, `ticket` what the keys open, none if they do not. Always an
// error: Kind::Denied, or Kind::Unavailable when the fault is ours.
Error diagnose(const Token& token, const ServiceKeys& keys, const KeyBox& used,
               const std::optional<OpenedTicket>& ticket, std::string_view reason);

// That none of the keys fits: another version or another encryption.
Error missing_key(const Token& token, const ServiceKeys& keys);

// "4 s", "7 min 30 s", "26 h": how far two clocks are apart.
std::string span_text(std::chrono::seconds span);

}  // namespace pforte::kerberos
