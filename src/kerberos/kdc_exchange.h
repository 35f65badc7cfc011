#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pforte::kerberos {

enum class KdcTransport : std::uint8_t { Udp, Tcp };

// Where a KDC listens.
struct KdcAddress {
  std::string host;  // a name or an address, an IPv6 one without brackets
  std::uint16_t port = 88;

  // "dc1.example.com", "dc1.example.com:8888", "[::1]:8888".
  std::string to_text() const;

  friend bool operator==(const KdcAddress&, const KdcAddress&) = default;
};

// Reads the value of a `kdc` line of krb5.conf, "HOST", "HOST:PORT", "[V6]:PORT", also with "udp/" or "tcp/" before it.
// None: another, as the "https://..." of a proxy.
std::optional<KdcAddress> read_kdc_address(std::string_view text);

// Which KDCs of a realm: any, or those that know a changed password first.
enum class KdcKind : std::uint8_t { Any, Primary };

// The KDCs that DNS names for a realm (RFC 4120, 7.2.3.2), those to be asked first first: _kerberos._tcp and
// _kerberos._udp, or _kerberos-master (krb5.conf(5)), each once. Blocks, no longer than `limit` or little more. Empty:
// there are none. Fails with Kind::Unavailable where nobody says so (kdc.dns).
Result<std::vector<KdcAddress>> kdcs_by_dns(const std::string& realm, KdcKind kind, std::chrono::milliseconds limit);

// Sends a request and waits for the answer, over UDP or TCP, at all addresses of the host in turn, each of which has
// its share of the time. Blocks, no longer than `limit` and the time the resolver takes for the name.
//
// Fails with Kind::NotFound when the name has no address (kdc.name), Kind::Timeout when nobody answers (kdc.no-answer),
// Kind::Unavailable when nobody listens there or no way leads there (kdc.refused), and Kind::Invalid for what is no
// message at all (kdc.garbage).
Result<std::string> ask_kdc(const KdcAddress& address, KdcTransport transport, std::string_view request,
                            std::chrono::milliseconds limit);

}  // namespace pforte::kerberos
