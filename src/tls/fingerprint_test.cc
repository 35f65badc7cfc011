#include "tls/fingerprint.h"

#include <doctest/doctest.h>

namespace pforte::tls {
namespace {

std::string two(std::size_t number) {
  return {char(number >> 8), char(number)};
}

std::string twos(const std::vector<std::uint16_t>& numbers) {
  std::string bytes;
  for (std::uint16_t number : numbers) bytes += two(number);
  return bytes;
}

std::string with_length(const std::string& content) {
  return two(content.size()) + content;
}

std::string hello_of(const std::string& ciphers, const std::string& extensions) {
  std::string body = "\x03\x03" + std::string(32, 'r') + '\x02' + "id" + with_length(ciphers) + '\x01' + '\0';
  body += with_length(extensions);
  return '\x01' + std::string(1, '\0') + two(body.size()) + body;
}

std::optional<HelloOutline> outline_of(const std::string& message) {
  return read_hello({reinterpret_cast<const std::uint8_t*>(message.data()), message.size()});
}

// The example of JA4.md: a Chromium, with GREASE among everything.
std::string chromium() {
  std::string ciphers = twos({0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
                              0xc014, 0x009c, 0x009d, 0x002f, 0x0035});
  std::string extensions = twos({0x1a1a, 0});
  for (int type :
       {0x001b, 0x0000, 0x0033, 0x4469, 0x0017, 0x002d, 0x0005, 0x0023, 0x0012, 0xff01, 0x000b, 0x000a, 0x0015})
    extensions += two(std::size_t(type)) + with_length("");
  extensions += two(0x10) + with_length(with_length("\x02\x0a\x0a\x02h2\x08http/1.1"));
  extensions += two(0x2b) + with_length('\x06' + twos({0xeaea, 0x0304, 0x0303}));
  extensions +=
      two(0x0d) +
      with_length(with_length(twos({0x0a0a, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601})));
  return hello_of(ciphers, extensions);
}

TEST_CASE("the JA4 of a ClientHello is the one of its definition's example") {
  auto hello = outline_of(chromium());
  REQUIRE(hello.has_value());
  CHECK(ja4(*hello) == "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST_CASE("an old ClientHello without extensions has a JA4 as well") {
  std::string body = "\x03\x01" + std::string(32, 'r') + '\0' + with_length(twos({0x002f})) + '\x01' + '\0';
  auto hello = outline_of('\x01' + std::string(1, '\0') + two(body.size()) + body);
  REQUIRE(hello.has_value());
  CHECK(ja4(*hello).starts_with("t10i010000_"));
  CHECK(ja4(*hello).ends_with("_000000000000"));
}

TEST_CASE("what is cut, or no ClientHello, has no outline") {
  std::string whole = chromium();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(!outline_of(whole.substr(0, size)));
  }
  whole[0] = 2;
  CHECK(!outline_of(whole));
}

}  // namespace
}  // namespace pforte::tls
