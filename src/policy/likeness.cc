#include "policy/likeness.h"

#include <algorithm>
#include <iterator>

namespace pforte::policy {

namespace {

// Latin letters with marks, which have no other reading: U+00C0 to U+024F without those that case folding turns into
// ASCII (dotted and dotless i, long s).
bool is_latin_letter(char32_t value) {
  return value >= 0xc0 && value <= 0x24f && value != 0x130 && value != 0x131 && value != 0x17f;
}

}  // namespace

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
