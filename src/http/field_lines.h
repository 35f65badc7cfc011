#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.h"

// What heads and trailers have in common. Functions return null, or why the message is refused (http/refusal.h).
namespace pforte::http {

// Takes one line off `rest`, without its CRLF. Refuses control characters in it, and bytes that end within it.
const Refusal* take_line(std::string_view& rest, std::string_view& line);

// Reads field lines up to the empty line that ends `text` (RFC 9112, 5), and adds them to `fields`.
const Refusal* read_field_lines(std::string_view text, std::size_t limit, Fields& fields);

// The same for a trailer section, where fewer names may stand, in at most so many bytes.
inline constexpr std::size_t kMaxTrailerBytes = std::size_t{8} * 1024;
const Refusal* read_trailer_lines(std::string_view text, Fields& trailers);

// What the fields about connection and framing say, each of them on its own.
struct Control {
  bool close = false;  // Connection options
  bool keep_alive = false;
  bool upgrade = false;
  bool names_fields = false;
  bool chunked = false;
  bool authenticates = false;  // there is a field that may say that the connection is signed in
  std::optional<std::uint64_t> length;
  const Field* host = nullptr;  // null if there is none
  const Field* authorization = nullptr;
  const Field* upgrade_to = nullptr;
};

// Gathers them, and refuses those that are wrong whatever the rest of the message says: a Content-Length that is not
// one decimal number, a Transfer-Encoding that is not exactly "chunked" or comes with HTTP/1.0 or a Content-Length.
const Refusal* read_control(const Fields& fields, int minor_version, Control& control);

// Whether the connection can carry another message (RFC 9112, 9.3).
bool keeps_alive(const Control& control, int minor_version);

}  // namespace pforte::http
