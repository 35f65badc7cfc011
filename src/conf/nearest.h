#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace pforte::conf {

// What somebody who wrote `word` probably meant: the candidate that the fewest typing mistakes (a letter wrong,
// missing, too many, or two swapped) lie between. None when it takes more than one mistake per three letters.
// Case does not count, nor does "-" for "_".
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace pforte::conf
