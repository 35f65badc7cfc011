#include "base/code_point.h"

#include <doctest/doctest.h>

#include <string_view>
#include <vector>

namespace pforte {
namespace {

CodePoint code_point_in(std::string_view text) {
  return read_code_point(std::vector<std::uint8_t>(text.begin(), text.end()));
}

TEST_CASE("UTF-8 is read as RFC 3629 says, and written back the same") {
  struct Row {
    std::string_view bytes;
    char32_t value;
  };
  const Row rows[] = {
      {"\xc2\x80", 0x80},       {"\xc3\xbc", 0xfc},       {"\xdf\xbf", 0x7ff},           {"\xe0\xa0\x80", 0x800},
      {"\xed\x9f\xbf", 0xd7ff}, {"\xef\xbc\x8f", 0xff0f}, {"\xf0\x90\x80\x80", 0x10000}, {"\xf4\x8f\xbf\xbf", 0x10ffff},
  };
  for (const Row& row : rows) {
    CAPTURE(row.value);
    CodePoint got = code_point_in(row.bytes);
    CHECK(got.form == CodePoint::Form::Valid);
    CHECK(got.value == row.value);
    CHECK(got.size == row.bytes.size());
    std::string written;
    append_utf8(written, got.value);
    CHECK(written == row.bytes);
  }
}

TEST_CASE("overlong forms are told from other mistakes") {
  using Form = CodePoint::Form;
  struct Row {
    std::string_view bytes;
    Form form;
  };
  const Row rows[] = {
      {"\xc0\xae", Form::Overlong},
      {"\xc0", Form::Overlong},
      {"\xc1\x9c", Form::Overlong},
      {"\xe0\x80\xaf", Form::Overlong},
      {"\xe0@o", Form::Overlong},
      {"\xf0\x80\x80\xaf", Form::Overlong},
      {"\xf8\x80\x80\x80", Form::Overlong},
      {"\xfc\x80", Form::Overlong},
      {"\xfc", Form::Invalid},
      {"\xfc"
       "b",
       Form::Invalid},
      {"\x80", Form::Invalid},
      {"\xc3", Form::Invalid},
      {"\xc3/", Form::Invalid},
      {"\xed\xa0\x80", Form::Invalid},
      {"\xf4\x90\x80\x80", Form::Invalid},
      {"\xf5\x80\x80\x80", Form::Invalid},
      {"\xe2\x82", Form::Invalid},
  };
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(static_cast<unsigned char>(row.bytes[0])));
    CHECK(code_point_in(row.bytes).form == row.form);
    CHECK(code_point_in(row.bytes).size == 1);
  }
}

}  // namespace
}  // namespace pforte
