#include "base/utf16.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte {
namespace {

TEST_CASE("UTF-8 becomes UTF-16 and back") {
  const std::u16string texts[] = {u"", u"a", std::u16string(u"\0z", 2), u"\u00e4\u07ff\u0800\ud7ff\ue000\uffff",
                                  u"\U00010000\U0001f511\U0010ffff"};
  for (const std::u16string& text : texts) {
    auto utf8 = utf8_of(text);
    REQUIRE(utf8);
    CHECK(utf16_of(*utf8) == text);
  }
  CHECK(utf8_of(u"\u00e4\u20ac\U0001f511") == "\u00e4\u20ac\U0001f511");
}

TEST_CASE("what is no UTF-8 is none") {
  for (const char* text : {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                           "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\xe2\x82"}) {
    CAPTURE(text);
    CHECK(!utf16_of(text));
  }
}

TEST_CASE("a surrogate that stands alone is none") {
  const std::u16string texts[] = {{0xd800}, {0xdc00}, {0xd800, 'a'}, {0xd800, 0xd800}, {0xdc00, 0xd800}};
  for (const std::u16string& text : texts) CHECK(!utf8_of(text));
}

}  // namespace
}  // namespace pforte
