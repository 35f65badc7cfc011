#pragma once

#include <span>
#include <string>
#include <vector>

#include "http/h2_session.h"
#include "http/message.h"

namespace pforte::http {

// The head of an answer, or its trailers, as HTTP/2 sends them: names in lower case, nothing about an HTTP/1.1
// connection, and the status as a field (RFC 9113, 8.2 and 8.3.2).
class H2Head {
 public:
  // A status of 101 becomes 200: for HTTP/2, the answer to a CONNECT (RFC 8441, 5).
  std::span<const H2Field> write(const ResponseHead& head);
  std::span<const H2Field> write_trailers(const Fields& trailers);
  // Views, until the next of these calls. `head` must outlive them.

  void clear();

 private:
  void reserve(const Fields& fields);
  void add(const Field& field);

  std::string text_;  // never grows after reserve(), since the views point into it
  std::vector<H2Field> fields_;
};

}  // namespace pforte::http
