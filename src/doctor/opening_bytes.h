#pragma once

#include <cstddef>
#include <string>

namespace pforte::doctor {

// A ClientHello in one record, which every server of TLS 1.2 or 1.3 has an answer to (RFC 8446, 4.1.2). `host`: for
// SNI; empty: none. At least `size` bytes, filled up by the padding extension (RFC 7685); at most 16 KiB.
std::string opening_of_tls(const std::string& host, std::size_t size);

// A request for HEAD / in HTTP/1.1, of at least `size` bytes. `authority`: of its Host.
std::string opening_of_http(const std::string& authority, std::size_t size);

}  // namespace pforte::doctor
