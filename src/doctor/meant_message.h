#pragma once

#include <string_view>

namespace pforte::doctor {

// What somebody has probably read who typed an error message by hand, with a slip in it: the known one that is nearest
// to the whole text, or to one of its words that looks like a code. Empty: none is near.
std::string_view meant_message(std::string_view text);

}  // namespace pforte::doctor
