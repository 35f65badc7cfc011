#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pforte::gate {

// The longest path that is returned to, in bytes. Longer ones begin anew at the start page.
inline constexpr std::size_t kMostReturnPathBytes = 2048;

// Where a browser is sent after signing in or out: `asked` if it is an absolute path of this site, with its query and
// fragment; else "/". `asked` has been decoded once, as the value of a form's field or of a query is.
//
// Refused is whatever any browser could take for another site, or some server on the way for another path: "//e",
// backslashes, control characters and spaces (browsers drop tabs and line breaks), bytes above 0x7e, dot segments,
// broken escapes; the same behind percent signs; and the gate's own pages, which would lead round in circles.
std::string safe_return_path(std::string_view asked);

}  // namespace pforte::gate
