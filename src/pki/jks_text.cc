#include "pki/jks_text.h"

#include <cstdint>

#include "base/utf16.h"

namespace pforte::pki {

namespace {

// Takes one unit off the bytes, which are not empty.
std::optional<char16_t> take_unit(std::string_view& bytes) {
  auto lead = std::uint8_t(bytes.front());
  std::size_t size = lead < 0x80 ? 1 : (lead & 0xe0U) == 0xc0 ? 2 : (lead & 0xf0U) == 0xe0 ? 3 : 0;
  if (size == 0 || size > bytes.size()) return std::nullopt;
  std::uint32_t unit = size == 1 ? lead : lead & (0x7fU >> size);
  for (char c : bytes.substr(1, size - 1)) {
    if ((std::uint8_t(c) & 0xc0U) != 0x80) return std::nullopt;
    unit = (unit << 6) | (std::uint8_t(c) & 0x3fU);
  }
  std::size_t shortest = unit != 0 && unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  if (size != shortest) return std::nullopt;
  bytes.remove_prefix(size);
  return char16_t(unit);
}

}  // namespace

std::optional<std::string> from_modified_utf8(std::string_view bytes) {
  std::u16string units;
  while (!bytes.empty()) {
    std::optional<char16_t> unit = take_unit(bytes);
    if (!unit) return std::nullopt;
    units += *unit;
  }
  return utf8_of(units);
}

std::optional<std::string> to_modified_utf8(std::string_view utf8) {
  std::optional<std::u16string> units = utf16_of(utf8);
  if (!units) return std::nullopt;
  std::string bytes;
  for (char16_t unit : *units) {
    if (unit != 0 && unit < 0x80) {
      bytes += char(unit);
    } else if (unit < 0x800) {
      bytes += char(0xc0U | (unit >> 6U));
      bytes += char(0x80U | (unit & 0x3fU));
    } else {
      bytes += char(0xe0U | (unit >> 12U));
      bytes += char(0x80U | ((unit >> 6U) & 0x3fU));
      bytes += char(0x80U | (unit & 0x3fU));
    }
  }
  return bytes;
}

}  // namespace pforte::pki
