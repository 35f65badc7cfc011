#pragma once

#include <span>
#include <string>
#include <vector>

#include "http/h2_session.h"
#include "http/message.h"

namespace pforte::http {

// The head of a message, or its trailers, as HTTP/2 sends them: names in lower case, nothing about an HTTP/1.1
// connection, and the first line as fields (RFC 9113, 8.2 and 8.3).
class H2Head {
 public:
  // A status of 101 becomes 200: for HTTP/2, the answer to a CONNECT (RFC 8441, 5).
  std::span<const H2Field> write(const ResponseHead& head);
  // A request to switch to a WebSocket becomes the CONNECT that stands for it (RFC 8441, 5).
  std::span<const H2Field> write(const RequestHead& head, std::string_view scheme);
  std::span<const H2Field> write_trailers(const Fields& trailers);
  // Views, until the next of these calls. `head` must outlive them.

  void clear();

 private:
  void reserve(const Fields& fields, std::size_t more = 0);
  void add(const Field& field);

  std::string text_;  // never grows after reserve(), since the views point into it
  std::vector<H2Field> fields_;
};

}  // namespace pforte::http
