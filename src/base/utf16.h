#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pforte {

// Between UTF-8 and UTF-16, strictly. None: it is no UTF-8 (RFC 3629), or a surrogate stands alone.
std::optional<std::u16string> utf16_of(std::string_view utf8);
std::optional<std::string> utf8_of(std::u16string_view utf16);

}  // namespace pforte
