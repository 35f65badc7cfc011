#include "http/escape.h"

#include <doctest/doctest.h>

namespace pforte::http {

namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_text(out, text);
  return out;
}

std::string html(std::string_view text) {
  std::string out;
  append_html_text(out, text);
  return out;
}

}  // namespace

TEST_CASE("JSON text is escaped, and wrong UTF-8 is replaced") {
  using namespace std::string_view_literals;
  struct Row {
    std::string_view text, want;
  };
  const Row rows[] = {
      {"", R"("")"},
      {"/app/x", R"("/app/x")"},
      {R"(a"b\c)", R"("a\"b\\c")"},
      {"a\nb\tc\rd", R"("a\nb\tc\rd")"},
      {"\0\x01\x1f\x7f"sv, R"("\u0000\u0001\u001f\u007f")"},
      {"Grüße €", "\"Grüße €\""},
      {"\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
      {"\xc2\x9b[2J", R"("\u009b[2J")"},  // a terminal's escape in one character
      {"\xc2\xa0", "\"\xc2\xa0\""},
      {"\xfc", "\"\xef\xbf\xbd\""},
      {"a\xff\xfe z", "\"a\xef\xbf\xbd\xef\xbf\xbd z\""},
      {"\xc3", "\"\xef\xbf\xbd\""},
      {"\xe2\x82", "\"\xef\xbf\xbd\""},        // cut: one mark
      {"\xe2\x82\"", "\"\xef\xbf\xbd\\\"\""},  // the quote is not swallowed
      {"\xf0\x9f\x98\\", "\"\xef\xbf\xbd\\\\\""},
      {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                                  // overlong
      {"\xe0\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},                  // overlong
      {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},                  // a surrogate
      {"\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},  // above U+10FFFF
      {"\x80", "\"\xef\xbf\xbd\""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    CHECK(json(row.text) == row.want);
  }
}

TEST_CASE("a byte that must be escaped is found wherever it stands in a longer text") {
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::string alone = json(std::string(1, char(byte)));
    std::string inside = alone.substr(1, alone.size() - 2);
    for (std::size_t place = 0; place < 17; ++place) {
      std::string text(17, 'z');
      text[place] = char(byte);
      std::string want = '"' + std::string(place, 'z') + inside + std::string(16 - place, 'z') + '"';
      REQUIRE(json(text) == want);
    }
  }
}

TEST_CASE("HTML text cannot open a tag, close an attribute or begin an entity") {
  struct Row {
    std::string_view text, want;
  };
  const Row rows[] = {
      {"plain", "plain"},
      {"<b>&amp;\"'</b>", "&lt;b&gt;&amp;amp;&quot;&#39;&lt;/b&gt;"},
      {"\x01", "\xef\xbf\xbd"},
      {"\xc2\x85", "\xef\xbf\xbd"},
      {"\xfc<", "\xef\xbf\xbd&lt;"},
      {"ä", "ä"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    CHECK(html(row.text) == row.want);
  }
}

}  // namespace pforte::http
