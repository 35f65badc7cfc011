#pragma once

#include <array>
#include <string>
#include <string_view>

namespace pforte::crypto {

using Sha256 = std::array<unsigned char, 32>;

// FIPS 180-4.
Sha256 sha256(std::string_view bytes);

// Whether both are the same, in a time that tells only their lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace pforte::crypto
