#pragma once

#include <cstdint>
#include <string_view>

namespace pforte::http {

// Of a target in absolute-form; None for the other forms.
enum class Scheme : std::uint8_t { None, Http, Https };

// Whether `text` is `host` or `host:port`: a name of letters, digits and -._~, an IPv4 address, or an IPv6 address
// in brackets; a port from 1 to 65535. Stricter than RFC 3986, 3.2: no percent-encodings, no sub-delims, no empty port,
// at most 255 bytes of host.
bool is_authority(std::string_view text);

// The port's digits, or empty. `authority` must be one.
std::string_view port_of(std::string_view authority);

// Whether both mean the same host and port, given the scheme's default port. The case of letters does not count.
bool same_authority(std::string_view a, std::string_view b, Scheme scheme);

}  // namespace pforte::http
