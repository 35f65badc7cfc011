#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace pforte {

// The case of ASCII's letters, whatever the locale. Every other byte stands for itself alone.

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr char capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// A letter or a digit of ASCII.
constexpr bool is_alphanumeric(char c) {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

inline std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

inline std::string capitals(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), capital);
  return out;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace pforte
