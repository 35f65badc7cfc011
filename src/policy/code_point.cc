#include "policy/code_point.h"

#include <algorithm>
#include <iterator>

namespace pforte::policy {

namespace {

bool continues(std::uint8_t byte) {
  return (byte & 0xc0) == 0x80;
}

// Bytes in a sequence that begins with `lead`; 0 if none does.
std::size_t length_of(std::uint8_t lead) {
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

// Latin letters with marks, which have no other reading: U+00C0 to U+024F without those that case folding turns into
// ASCII (dotted and dotless i, long s).
bool is_latin_letter(char32_t value) {
  return value >= 0xc0 && value <= 0x24f && value != 0x130 && value != 0x131 && value != 0x17f;
}

}  // namespace

CodePoint read_code_point(std::span<const std::uint8_t> bytes) {
  std::uint8_t lead = bytes.front();
  std::uint8_t second = bytes.size() > 1 ? bytes[1] : 0;
  if (can_hide_ascii(lead, second)) return {.form = CodePoint::Form::Overlong};

  std::size_t size = length_of(lead);
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

Likeness likeness(char32_t value) {
  // Slashes, stops, semicolons, percent signs, question and number signs; soft hyphen, zero-width and direction marks.
  constexpr char32_t kSignificant[] = {
      0x00ad, 0x0589, 0x05c3, 0x06d4, 0x037e, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2024, 0x2025, 0x2026, 0x202a,
      0x202b, 0x202c, 0x202d, 0x202e, 0x2044, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0x2215, 0x2216, 0x2236, 0x2571,
      0x2572, 0x29f5, 0x29f8, 0x29f9, 0x3002, 0xfe14, 0xfe19, 0xfe30, 0xfe52, 0xfe54, 0xfe55, 0xfe56, 0xfe5f, 0xfe68,
      0xfe6a, 0xfeff, 0xff03, 0xff05, 0xff0e, 0xff0f, 0xff1a, 0xff1b, 0xff1f, 0xff3c, 0xff61};
  if (std::ranges::find(kSignificant, value) != std::end(kSignificant)) return Likeness::Significant;
  if (value >= 0x300 && value <= 0x36f) return Likeness::Mark;
  return is_latin_letter(value) ? Likeness::None : Likeness::Name;
}

}  // namespace pforte::policy
