#include "base/bytes.h"

#include <doctest/doctest.h>

namespace pforte {
namespace {

using namespace std::string_view_literals;

TEST_CASE("bytes are written as RFC 4648 has them, and read back") {
  struct Row {
    std::string_view bytes, base64, base64url, hex;
  };
  const Row rows[] = {
      // RFC 4648, section 10.
      {"", "", "", ""},
      {"f", "Zg==", "Zg", "66"},
      {"fo", "Zm8=", "Zm8", "666f"},
      {"foo", "Zm9v", "Zm9v", "666f6f"},
      {"foob", "Zm9vYg==", "Zm9vYg", "666f6f62"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE", "666f6f6261"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
      // The two letters in which the alphabets differ; zeros; RFC 7515, appendix C.
      {"\xfb\xff\xbf"sv, "+/+/", "-_-_", "fbffbf"},
      {"\0\0"sv, "AAA=", "AAA", "0000"},
      {"\x03\xec\xff\xe0\xc1"sv, "A+z/4ME=", "A-z_4ME", "03ecffe0c1"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.hex);
    CHECK(to_base64(row.bytes) == row.base64);
    CHECK(to_base64url(row.bytes) == row.base64url);
    CHECK(to_hex(row.bytes) == row.hex);
    CHECK(from_base64(row.base64) == row.bytes);
    CHECK(from_base64url(row.base64url) == row.bytes);
    CHECK(from_hex(row.hex) == row.bytes);
  }
}

TEST_CASE("every byte comes back, at every place") {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) {
    CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
    CHECK(from_hex(to_hex(bytes)) == bytes);
    bytes += char(i * 7);
  }
}

TEST_CASE("what no encoder writes as base64 is refused") {
  const std::string_view texts[] = {"Zg",     "Zg=",   "Zg===",    "Zm8",  "Zm9v=", "Zm9v====", "=",
                                    "==",     "====",  "Z===",     "Z",    "Zh==",  "Zm9=",     "Zm 9",
                                    "Zm9v\n", " Zm9v", "Zg==Zg==", "Z=g=", "-_-_",  "Zm9\xff",  "Zm9\0"sv};
  for (std::string_view text : texts) {
    CAPTURE(text);
    CHECK(!from_base64(text));
  }
}

TEST_CASE("what no encoder writes as base64url is refused") {
  const std::string_view texts[] = {"Z",    "Zg==", "Zm8=",   "Zh",      "Zm9",     "Zm9vY",
                                    "+/+/", "Zm 9", "Zm9v\n", "Zm9\xff", "Zm9\0"sv, "="};
  for (std::string_view text : texts) {
    CAPTURE(text);
    CHECK(!from_base64url(text));
  }
}

TEST_CASE("what is not pairs of lower-case hexadecimal digits is refused") {
  const std::string_view texts[] = {"0", "000", "0g", "g0", "FF", "0x", " 0", "0\0"sv, "\xff\xff"};
  for (std::string_view text : texts) {
    CAPTURE(text);
    CHECK(!from_hex(text));
  }
}

}  // namespace
}  // namespace pforte
