#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pforte::gate {

// The byte that the escape at `text[at]`, a percent sign, stands for (RFC 3986, 2.1). None if two hexadecimal digits do
// not follow.
constexpr std::optional<char> escaped_byte(std::string_view text, std::size_t at) {
  constexpr auto kValue = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  if (at + 2 >= text.size()) return {};
  int high = kValue(text[at + 1]);
  int low = kValue(text[at + 2]);
  if (high < 0 || low < 0) return {};
  return char(high * 16 + low);
}

}  // namespace pforte::gate
