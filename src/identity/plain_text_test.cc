#include "identity/plain_text.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::identity {

TEST_CASE("plain text is UTF-8 without control characters") {
  for (std::string_view text : {"", "susan", "Müller", "日本", "😀", "\xf4\x8f\xbf\xbf", "\xc2\xa0"}) {
    CAPTURE(text);
    CHECK(is_plain_text(text));
  }
}

TEST_CASE("control characters, and bytes that are not UTF-8, are not plain text") {
  constexpr std::string_view kTexts[] = {
      {"a\0b", 3},
      "a\tb",
      "\r\n",
      "\x7f",
      "\xc2\x80",
      "\xfc",
      "\xc3",
      "\x80",
      "\xc0\xaf",
      "\xe0\x80\xaf",
      "\xed\xa0\x80",
      "\xf0\x80\x80\x80",
      "\xf4\x90\x80\x80",
      "\xf5\x80\x80\x80",
      "\xe2\x28\xa1",
  };
  for (std::string_view text : kTexts) {
    CAPTURE(text);
    CHECK(!is_plain_text(text));
  }
}

TEST_CASE("a name is counted in characters, and has no blanks at its ends") {
  CHECK(is_plain_name("Ünal", 4));
  CHECK(!is_plain_name("Ünal", 3));
  CHECK(is_plain_name("a b", 3));
  for (std::string_view text : {"", " a", "a ", "a\n"}) CHECK(!is_plain_name(text, 10));
}

}  // namespace pforte::identity
