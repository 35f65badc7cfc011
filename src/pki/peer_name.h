#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pki/certificate.h"

namespace pforte::pki {

// The name under which a peer is known to whoever verifies it (RFC 9525, 6.1).
struct PeerName {
  NameForm form = NameForm::Dns;  // Dns, Ip or Mail
  std::string value;              // of Dns without a dot at its end, of Ip 4 or 16 bytes

  // "crm.example.com", "192.0.2.7".
  std::string text() const;
};

// Reads "dns:HOST", "ip:ADDRESS" or "email:ADDRESS". An address behind "dns:" is an address: it can be no DNS name.
// None: it is none of these.
std::optional<PeerName> read_peer_name(std::string_view text);

// The address in text form, with brackets or without, as bytes.
std::optional<std::string> read_address(std::string_view text);
// And back. Empty: neither 4 nor 16 bytes.
std::string address_text(std::string_view bytes);

// Whether it is one of the certificate's alternative names. A wildcard stands for the whole left-most label (RFC
// 9525, 6.3); the common name does not count.
bool has_name(const Certificate& certificate, const PeerName& name);
// The same for a DNS name as it stands in a certificate.
bool matches_dns(std::string_view presented, std::string_view host);

// Whether it consists of labels of letters, digits and hyphens; the first may be an asterisk (RFC 1123, 2.1).
bool is_host_name(std::string_view name);

// The certificate's names for people: "crm.example.com, 192.0.2.7". At most ten of them.
std::string names_text(const Certificate& certificate);

}  // namespace pforte::pki
