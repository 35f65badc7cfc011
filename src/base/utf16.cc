#include "base/utf16.h"

#include <algorithm>
#include <cstdint>

namespace pforte {
namespace {

constexpr bool is_high(char16_t unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}

constexpr bool is_low(char16_t unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

// Bytes in a sequence that begins with `lead`; 0 if none does.
std::size_t length_of(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// Takes one code point off the text, which is not empty. None: it does not begin with one in its shortest form.
std::optional<char32_t> take_point(std::string_view& text) {
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  auto lead = std::uint8_t(text.front());
  std::size_t size = length_of(lead);
  if (size == 0 || size > text.size()) return std::nullopt;
  char32_t point = size == 1 ? lead : lead & (0x7fU >> size);
  for (char c : text.substr(1, size - 1)) {
    if ((std::uint8_t(c) & 0xc0U) != 0x80) return std::nullopt;
    point = (point << 6) | (std::uint8_t(c) & 0x3fU);
  }
  if (point < kLeast[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return std::nullopt;
  text.remove_prefix(size);
  return point;
}

void append_point(std::string& text, char32_t point) {
  auto tail = [&](int shift) { text += char(0x80U | ((point >> shift) & 0x3fU)); };
  if (point < 0x80) {
    text += char(point);
  } else if (point < 0x800) {
    text += char(0xc0U | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    text += char(0xe0U | (point >> 12));
    tail(6), tail(0);
  } else {
    text += char(0xf0U | (point >> 18));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

std::optional<std::u16string> utf16_of(std::string_view utf8) {
  std::u16string units;
  while (!utf8.empty()) {
    std::optional<char32_t> point = take_point(utf8);
    if (!point) return std::nullopt;
    if (*point < 0x10000) {
      units += char16_t(*point);
    } else {
      units += char16_t(0xd800 + ((*point - 0x10000) >> 10));
      units += char16_t(0xdc00 + ((*point - 0x10000) & 0x3ff));
    }
  }
  return units;
}

std::optional<std::string> utf8_of(std::u16string_view utf16) {
  std::string text;
  for (std::size_t i = 0; i < utf16.size(); ++i) {
    char32_t point = utf16[i];
    if (is_low(utf16[i])) return std::nullopt;
    if (is_high(utf16[i])) {
      ++i;
      if (i == utf16.size() || !is_low(utf16[i])) return std::nullopt;
      point = 0x10000 + ((point - 0xd800) << 10) + (utf16[i] - 0xdc00U);
    }
    append_point(text, point);
  }
  return text;
}

}  // namespace pforte
