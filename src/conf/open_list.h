#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pforte::conf {

// Where the innermost list begins that is still open at the end of a part of a TOML text, counted in bytes. Brackets in
// texts and comments are none. None: every list is closed.
//
// Source: TOML v1.0.0, Comment, String and Array.
std::optional<std::size_t> open_list_at_end(std::string_view text);

}  // namespace pforte::conf
