#pragma once

#include <cstddef>
#include <string>

namespace pforte::doctor {

// A ClientHello in one record, which every server of TLS 1.2 or 1.3 has an answer to (RFC 8446, 4.1.2). `host`: for
// SNI; empty: none. At least `size` bytes, filled up by the padding extension (RFC 7685); at most 16 KiB.
std::string opening_of_tls(const std::string& host, std::size_t size);

// A request for HEAD / in HTTP/1.1, of at least `size` bytes. `authority`: of its Host.
std::string opening_of_http(const std::string& authority, std::size_t size);

// The beginning of a connection of HTTP/2, with its settings and a PING; filled up by a frame of a type that nobody
// knows, and that is to be passed over (RFC 9113, 3.4, 4.1 and 5.5). At least `size` bytes, at most 16 KiB.
std::string opening_of_http2(std::size_t size);

}  // namespace pforte::doctor
