#pragma once

#include <string>
#include <string_view>

namespace pforte::http {

// `text` at the end of `out` so that it means itself between the quotes of a JSON string (RFC 8259, 7), in quotes.
// What is not UTF-8 becomes U+FFFD, one for each maximal wrong sequence. Control characters, DEL and the C1 controls,
// which some terminals obey, are written as \u00XX.
void append_json_text(std::string& out, std::string_view text);

// The same for text and attribute values of HTML: & < > " ' become entities; wrong UTF-8 and control characters
// become U+FFFD.
void append_html_text(std::string& out, std::string_view text);

}  // namespace pforte::http
