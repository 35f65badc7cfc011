#pragma once

#include <algorithm>
#include <array>

namespace pforte {

// Whether a character does not show, and changes how others do: it turns the direction of what follows, has no width,
// or breaks the line. Whoever puts one into a name makes it look like another.
// Source: Unicode 15, Bidi_Control and Default_Ignorable_Code_Point; UTS 39, 3.
constexpr bool is_format_control(char32_t value) {
  struct Range {
    char32_t first, last;
  };
  constexpr auto kRanges = std::to_array<Range>({{0x00ad, 0x00ad},
                                                 {0x034f, 0x034f},
                                                 {0x061c, 0x061c},
                                                 {0x115f, 0x1160},
                                                 {0x17b4, 0x17b5},
                                                 {0x180b, 0x180f},
                                                 {0x200b, 0x200f},
                                                 {0x2028, 0x202e},
                                                 {0x2060, 0x206f},
                                                 {0x3164, 0x3164},
                                                 {0xfeff, 0xfeff},
                                                 {0xffa0, 0xffa0},
                                                 {0xfff0, 0xfffb},
                                                 {0x1d173, 0x1d17a},
                                                 {0xe0000, 0xe0fff}});
  return std::ranges::any_of(kRanges,
                             [value](const Range& range) { return value >= range.first && value <= range.last; });
}

}  // namespace pforte
