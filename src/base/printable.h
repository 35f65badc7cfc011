#pragma once

#include <string>
#include <string_view>

namespace pforte {

// What a terminal can be given: controls and no UTF-8 as U+FFFD; what hides or turns text, as U+202E, as "\u{202e}".
std::string printable(std::string_view text);

// Whether it is UTF-8 without control characters.
bool is_printable(std::string_view text);

}  // namespace pforte
