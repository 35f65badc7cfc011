#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pforte::pki {

// Between UTF-8 and what Java's DataOutputStream.writeUTF writes: each unit of UTF-16 by itself, and NUL in two bytes.
// None: it is neither, or not in its shortest form, or a surrogate stands alone.
// Source: java.io.DataInput, "Modified UTF-8".
std::optional<std::string> from_modified_utf8(std::string_view bytes);
std::optional<std::string> to_modified_utf8(std::string_view utf8);

}  // namespace pforte::pki
