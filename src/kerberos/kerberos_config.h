#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"
#include "kerberos/principal.h"

namespace pforte::kerberos {

// A service principal and the file with its keys.
struct KeytabConfig {
  conf::Place place;
  Principal principal;
  conf::Text keytab;  // path, resolved
};

// Whether a ticket must be bound to the TLS connection it comes through (RFC 5929, tls-server-end-point).
enum class ChannelBinding : std::uint8_t { Off, Allow, Require };

// `[kerberos]`, with everything from `properties` already in it.
struct KerberosConfig {
  conf::Place place;

  // krb5.conf or krb5.ini. None: the system's.
  std::optional<conf::Text> config;

  // cm6-kerberos.properties, and the file of this node that overrides it key by key.
  std::optional<conf::Text> properties;
  std::optional<conf::Text> overlay;

  std::vector<KeytabConfig> keytabs;

  // Where the properties say kerberos.v5.enabled=false: nobody is to sign in by a ticket.
  std::optional<conf::Place> switched_off;

  // Realms whose people may be found by login = primary when no agent has the principal.
  std::vector<std::string> login_fallback_realms;

  // Realms of Active Directory: a ticket of their clients has to say whose account it is of.
  std::vector<std::string> require_pac;

  ChannelBinding channel_binding = ChannelBinding::Allow;

  // Service principals whose tickets may be sealed with RC4 (also DES3), by their exact name.
  std::vector<std::string> allow_rc4;

  // Folder (path resolved) in which ticket-granting tickets that clients forward are kept for the application, one file
  // for each session. None: they are dropped.
  std::optional<conf::Text> delegated_tickets;

  // SIDs of the PAC to names of groups.
  std::map<std::string, std::string> groups;

  // How far clocks may be apart. None: as krb5.conf says (clockskew), else 5 min.
  std::optional<std::chrono::seconds> clock_skew;
};

// Reads `[kerberos]` with its tables `keytabs` and `groups`, and the properties files it names. What is wrong goes to
// the reader's problems, with the place in the properties file where it is there.
KerberosConfig read_kerberos_config(conf::Reader keys);

}  // namespace pforte::kerberos
