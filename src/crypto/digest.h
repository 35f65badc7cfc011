#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace pforte::crypto {

using Sha256 = std::array<unsigned char, 32>;

// FIPS 180-4.
Sha256 sha256(std::string_view bytes);

// RFC 2104, with SHA-256.
Sha256 hmac_sha256(const Secret& key, std::string_view text);

// FIPS 180-4, of several pieces in a row. For old formats that have nothing else.
using Sha1 = std::array<unsigned char, 20>;
Sha1 sha1(std::initializer_list<std::string_view> pieces);

// Whether both are the same, in a time that tells only their lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace pforte::crypto
