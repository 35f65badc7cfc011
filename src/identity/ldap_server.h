#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conf/problem.h"

namespace pforte::identity {

// Where a directory is asked.
struct LdapServer {
  bool tls = false;  // ldaps: TLS from the first byte
  std::string host;  // lower case; IPv6 without brackets
  std::uint16_t port = 0;

  // "ldaps://dc1.example.com:636": scheme, host and port alone, since libldap takes far more than that for a URL.
  std::string url() const;

  // Whether what is sent to it does not leave this machine: localhost, 127.0.0.0/8, ::1.
  bool is_loopback() const;

  bool operator==(const LdapServer&) const = default;
};

// Reads "ldap://host[:port]" or "ldaps://host[:port]"; without a port 389 and 636. None for anything else, and then
// `problems` has conf.ldap.server.
std::optional<LdapServer> read_ldap_server(const conf::Text& url, conf::Problems& problems);

}  // namespace pforte::identity
