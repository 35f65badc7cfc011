#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/address.h"

namespace pforte::net {

// A PROXY header longer than this is refused, so a reader needs no larger buffer. Version 1 has at most 107 bytes.
constexpr std::size_t kMaxProxyHeaderBytes = 4096;

// What a load balancer says in front of a connection about where it came from.
struct ProxyHeader {
  // Bytes that belong to the header; what follows is the client's.
  std::size_t size = 0;

  // The client. Empty for LOCAL and UNKNOWN, and for Unix sockets: then the peer of the socket is the client.
  std::optional<Address> source;
};

// Reads a PROXY header, version 1 or 2, from the first bytes of a connection. Empty while `bytes` may still become
// one: read more and ask again with all of them. TLVs of version 2 are checked for their lengths and passed over.
//
// Fails with Kind::Invalid if the bytes cannot be a header, and with Kind::Limit over
// kMaxProxyHeaderBytes. Believe it only from peers that are listed.
// Source: haproxy.org, The PROXY protocol, versions 1 and 2, sections 2.1 and 2.2.
Result<std::optional<ProxyHeader>> read_proxy_header(std::span<const std::byte> bytes);

// Writes a header of version 2 about a client at `source` that connected to `destination`, and asked for the host
// `authority` (at most 255 bytes; empty: for none). Where one address is IPv6, both are written as such.
// Source: haproxy.org, The PROXY protocol, sections 2.2 and 2.2.2.
std::string write_proxy_header(const Address& source, const Address& destination, std::string_view authority);

}  // namespace pforte::net
