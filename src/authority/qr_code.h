#pragma once

#include <string>
#include <string_view>

namespace pforte::authority {

// A QR code (ISO/IEC 18004) of a short text, such as an address, as a whole SVG picture with its quiet zone. Empty: the
// text is too long for one.
std::string qr_code_svg(std::string_view text);

}  // namespace pforte::authority
