#pragma once

#include <cstddef>
#include <string_view>

namespace pforte::identity {

// Whether it is UTF-8 (RFC 3629) without control characters.
bool is_plain_text(std::string_view text);

// Whether it is plain text of 1 to `most` characters, without blanks at its ends.
bool is_plain_name(std::string_view text, std::size_t most);

}  // namespace pforte::identity
