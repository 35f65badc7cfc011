#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pforte::doctor {

// Columns that a text takes; each code point counts as one.
std::size_t width_of(std::string_view text);

// Lines of at most so many columns, broken at blanks, the first `indent` columns in; those that follow stand two
// further in. What steers a terminal is written out.
std::string broken_lines(std::string_view text, std::size_t indent, std::size_t columns);

}  // namespace pforte::doctor
