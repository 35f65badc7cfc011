#pragma once

#include <chrono>
#include <optional>

#include "kerberos/key_ring.h"
#include "kerberos/principal.h"
#include "kerberos/token.h"

namespace pforte::kerberos {

// What stands in a ticket, sealed with the service's key, and in the authenticator beside it (RFC 4120, 5.3 and 5.5.1).
struct OpenedTicket {
  Principal client;
  std::chrono::sys_seconds authenticated;  // authtime: when the client logged on at its KDC
  std::chrono::sys_seconds begins;         // when the KDC made it, but for one that is good from later on
  std::chrono::sys_seconds ends;           // of its life
  // ctime, by the client's clock; none: of another key than the ticket's.
  std::optional<std::chrono::sys_seconds> asked;
};

// Opens the ticket of `token` with the keys, whatever service it names; judges nothing. None: they do not fit.
std::optional<OpenedTicket> open_ticket(const Library& library, const Token& token, const ServiceKeys& keys);

}  // namespace pforte::kerberos
