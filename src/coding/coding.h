#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pforte::coding {

// The content codings there are (RFC 9110, 8.4.1; RFC 7932; RFC 8878).
enum class Coding : std::uint8_t { Identity, Br, Zstd, Gzip };

// As Content-Encoding names them, in the order of Coding.
inline constexpr std::array<std::string_view, 4> kCodingNames = {"identity", "br", "zstd", "gzip"};

constexpr std::string_view name_of(Coding coding) {
  return kCodingNames[static_cast<std::size_t>(coding)];
}

}  // namespace pforte::coding
