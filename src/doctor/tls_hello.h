#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/tls_picture.h"

namespace pforte::doctor {

// What a ClientHello of our own offers. No handshake of it is ever ended, so that nothing in it needs to be secret.
struct ClientHello {
  TlsVersion version = TlsVersion::Tls12;  // the newest; TLS 1.3 is offered alone, or with TLS 1.2
  bool older_too = false;                  // of TLS 1.3: TLS 1.2 as well
  std::vector<std::uint16_t> suites = {};
  std::vector<std::uint16_t> groups = {};
  std::string server_name = {};             // empty: none
  std::vector<std::string> protocols = {};  // for ALPN; empty: none
  bool key_shares = false;                  // of TLS 1.3; without, the server names the group it wants and waits
  bool compression = false;
  std::size_t at_least = 0;  // bytes it has in all, filled up by the padding extension (RFC 7685); at most 16 KiB
};

// The groups that are asked for, as a client of today would prefer them.
const std::vector<std::uint16_t>& all_groups();

// Its bytes, with the doctor's mark, records included (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2; RFC 6101, 5.6.1.2). SSL 3.0
// has no extensions. The key share is the base point of its curve: whoever wants to know what was agreed on could, and
// there is nothing.
std::string to_bytes(const ClientHello& hello);

}  // namespace pforte::doctor
