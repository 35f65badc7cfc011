#include "base/code_point.h"

#include <algorithm>

namespace pforte {

namespace {

bool continues(std::uint8_t byte) {
  return (byte & 0xc0) == 0x80;
}

// Bytes in a sequence that begins with `lead`; 0 if none does.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

// Decoders that believe the first byte and do not look at the rest make ASCII of these: C0 and C1 always, E0 and F0
// unless a large enough byte follows, F8 and above if they still know sequences of five and six bytes.
bool can_hide_ascii(std::uint8_t lead, std::uint8_t second) {
  if (lead == 0xc0 || lead == 0xc1) return true;
  if (lead == 0xe0) return second < 0xa0 || second > 0xbf;
  if (lead == 0xf0) return second < 0x90 || second > 0xbf;
  return lead >= 0xf8 && continues(second);
}

}  // namespace

CodePoint read_code_point(std::span<const std::uint8_t> bytes) {
  std::uint8_t lead = bytes.front();
  std::uint8_t second = bytes.size() > 1 ? bytes[1] : 0;
  if (can_hide_ascii(lead, second)) return {.form = CodePoint::Form::Overlong};

  std::size_t size = sequence_length(lead);
  if (size == 0 || bytes.size() < size || !std::ranges::all_of(bytes.subspan(1, size - 1), continues)) return {};
  char32_t value = lead & (0x7fU >> size);
  for (std::uint8_t byte : bytes.subspan(1, size - 1)) value = (value << 6) | (byte & 0x3fU);
  bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (surrogate || value > 0x10ffff) return {};
  return {.form = CodePoint::Form::Valid, .value = value, .size = size};
}

void append_utf8(std::string& text, char32_t value) {
  auto tail = [&](int shift) { text += static_cast<char>(0x80U | ((value >> shift) & 0x3fU)); };
  if (value < 0x80) {
    text += static_cast<char>(value);
  } else if (value < 0x800) {
    text += static_cast<char>(0xc0U | (value >> 6));
    tail(0);
  } else if (value < 0x10000) {
    text += static_cast<char>(0xe0U | (value >> 12));
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xf0U | (value >> 18));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace pforte
