#pragma once

#include <string_view>

namespace pforte::acme {

// Whether a certificate may be ordered for it and its proof looked for: a host name of at least two labels (RFC 1123,
// 2.1) in small letters, no wildcard, and nothing that any resolver takes for an address: the last label begins with a
// letter, so neither "10.1" nor "127.0.0.0x1" is one.
bool is_issuable_name(std::string_view name);

}  // namespace pforte::acme
