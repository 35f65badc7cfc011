#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kerberos/principal.h"

// Names of services as browsers ask for them: HTTP/ and the host of the address bar, in small letters, also for https.
// Source: RFC 4559, 4; WHATWG URL, 3.5; Chromium, HttpAuthHandlerNegotiate::CreateSPN.

namespace pforte::kerberos {

// What keeps a browser from asking for a ticket of that name.
enum class NameFlaw : std::uint8_t {
  Service,      // HTTPS/
  ServiceCase,  // http/
  Address,      // a host that is an address
  Port,
  Dot,  // at the end of the host
  HostCase,
  RealmCase,  // small letters in the realm
};

// Those of a service of the Web; none of a name that is no such service, as host/pc1 and susan.
std::vector<NameFlaw> name_flaws(const Principal& principal);

// The service that was meant: the same without its flaws, but for an address, which none is meant by.
Principal as_browsers_ask(const Principal& principal);

// Whether a host is an address, not a name; an IPv6 one with or without brackets.
bool is_address(std::string_view host);

// Whether it has a letter in lower case.
bool has_lower_case(std::string_view realm);

}  // namespace pforte::kerberos
