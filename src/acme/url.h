#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pforte::acme {

// Where a document of a CA lies. ACME speaks https alone (RFC 8555, 6.1).
struct Url {
  std::string host;  // a name, an IPv4 address, or an IPv6 address without brackets; lower case
  std::uint16_t port = 443;
  std::string target = "/";  // path and query

  // As Host has it: "ca.example.com:14000", without the port where it is 443.
  std::string authority() const;
};

// Reads "https://ca.example.com:14000/dir". Only visible ASCII, no user, no fragment.
// Fails with Kind::Invalid (acme.malformed).
Result<Url> parse_url(std::string_view text);

}  // namespace pforte::acme
