#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pki/certificate.h"

namespace pforte::doctor {

// Versions as they stand on the wire (RFC 8446, 4.1.2), so that they compare by age.
enum class TlsVersion : std::uint16_t { Ssl3 = 0x0300, Tls10 = 0x0301, Tls11 = 0x0302, Tls12 = 0x0303, Tls13 = 0x0304 };

// "SSL 3.0", "TLS 1.2".
std::string_view name_of(TlsVersion version);

// What a server takes in one version.
struct VersionOffer {
  TlsVersion version = TlsVersion::Tls12;
  std::vector<std::uint16_t> suites = {};      // the one it prefers first, where it has an order of its own
  bool all_suites = false;                     // there is no other that it takes
  std::optional<bool> server_order = {};       // it chooses by its own order, not by the client's; none: not known
  std::vector<std::uint16_t> groups = {};      // of (EC)DHE, in the order in which it chose them
  bool all_groups = false;                     // there is no other that it takes
  std::vector<std::uint16_t> signatures = {};  // schemes it signed its key exchange with
  unsigned dh_bits = 0;                        // of the smallest prime it gave for DHE; 0: it gave none
  bool extended_master_secret = false;         // RFC 7627; not told of TLS 1.3, as the next ones
  bool secure_renegotiation = false;           // RFC 5746
  bool compression = false;                    // of TLS (RFC 3749)
};

// What the server answered on names other than the one that is asked for.
enum class NameAnswer : std::uint8_t { NotAsked, Same, OtherCertificate, Refused };

// What one handshake to the end brought, in the newest version that both have.
struct Negotiated {
  std::string version;               // "TLSv1.3"
  std::string cipher;                // "TLS_AES_128_GCM_SHA256"
  std::string group;                 // "x25519"; empty where the key exchange has none
  std::string protocol;              // of ALPN; empty: none
  bool ticket = false;               // there was something to resume with
  std::optional<bool> resumed = {};  // a second connection with that; none: not known
};

// A server as a client of TLS sees it. What could not be found out is empty, and said to be unknown.
struct TlsPicture {
  bool speaks_tls = false;
  std::vector<VersionOffer> versions;          // those it takes, the oldest first
  std::vector<TlsVersion> unknown;             // those of which it is not known whether it takes them
  std::vector<pki::Certificate> sent;          // by the server, in its order
  std::vector<pki::Certificate> validated;     // from the server's own to who is trusted; empty: nobody vouches for it
  std::optional<Negotiated> negotiated;        // none: no handshake came to an end
  std::string broken_off;                      // why it did not, in OpenSSL's words; empty: it did, or none was tried
  std::vector<std::string> protocols;          // each that it takes by ALPN: "h2", "http/1.1"
  bool all_protocols = false;                  // it takes neither of them that does not stand there
  std::string stapled;                         // OCSP response in DER; empty: none
  bool asks_for_certificate = false;           // of the client
  bool needs_certificate = false;              // and refuses who has none
  std::vector<std::string> asked_authorities;  // whose certificates it asks for, in text
  NameAnswer unnamed = NameAnswer::NotAsked;   // to a client that names no host
  NameAnswer foreign_name = NameAnswer::NotAsked;  // to a client that names a host it cannot know

  bool is_known(TlsVersion version) const { return std::ranges::find(unknown, version) == unknown.end(); }
};

}  // namespace pforte::doctor
