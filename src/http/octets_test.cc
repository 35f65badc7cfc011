#include "http/octets.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::http {
namespace {

TEST_CASE("an empty line is found wherever it stands, the first of two") {
  for (std::size_t size = 3; size <= 60; ++size) {
    for (std::size_t at = 0; at + 3 <= size; ++at) {
      CAPTURE(size);
      CAPTURE(at);
      std::string text(size, '\n');  // no line but the one has a CR
      text.replace(at, 3, "\n\r\n");
      CHECK(find_empty_line(text) == at + 3);
      CHECK(find_empty_line(text + "\r\nx\n\r\n") == at + 3);
    }
  }
}

TEST_CASE("what only looks like an empty line is none") {
  for (std::string_view text :
       {"", "\n", "\r\n", "\n\r", "\nx\n", "\n\r\r\n", "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n"}) {
    CAPTURE(text);
    CHECK(find_empty_line(text) == 0);
    CHECK(find_empty_line(std::string(40, 'x').append(text).append(40, 'x')) == 0);
  }
}

}  // namespace
}  // namespace pforte::http
