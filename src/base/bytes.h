#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pforte {

// Bytes as text, and back. Reading is strict: what an encoder would not have written is none: white space, missing or
// superfluous padding, bits that are left over and not zero.

// Lower case.
std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

// RFC 4648, section 4, with padding.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

// RFC 4648, section 5, without padding, as cookies, tokens and JSON Web Keys have it.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace pforte
