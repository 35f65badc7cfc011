#include "identity/plain_text.h"

#include <algorithm>
#include <cstdint>

namespace pforte::identity {
namespace {

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// How many bytes the character takes that begins with `lead`; 0: none begins so.
std::size_t size_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

// What `text` begins with, as a code point; a control character, NUL, if it is none.
char32_t code_point(std::string_view text) {
  auto lead = static_cast<unsigned char>(text.front());
  std::size_t size = size_of(lead);
  if (size == 0 || size > text.size()) return 0;
  if (size == 1) return lead;
  char32_t value = lead & (0x7fU >> size);
  for (char c : text.substr(1, size - 1)) {
    if (!is_continuation(c)) return 0;
    value = value << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  }
  bool too_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  bool surrogate = value >= 0xd800 && value < 0xe000;
  return too_long || surrogate || value > 0x10ffff ? 0 : value;
}

bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0);
}

}  // namespace

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    if (is_control(code_point(text))) return false;
    text.remove_prefix(size_of(static_cast<unsigned char>(text.front())));
  }
  return true;
}

bool is_plain_name(std::string_view text, std::size_t most) {
  if (text.empty() || text.starts_with(' ') || text.ends_with(' ')) return false;
  auto characters = std::size_t(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
  return characters <= most && is_plain_text(text);
}

}  // namespace pforte::identity
