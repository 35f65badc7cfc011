#include "net/proxy_protocol.h"

#include <doctest/doctest.h>

#include <string>

#include "base/text.h"

namespace pforte::net {
namespace {

using namespace std::string_literals;

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;
const std::string ipv4 = "\xc0\0\2\1\xc0\0\2\2\xdc\4\1\xbb"s;  // 192.0.2.1:56324 to 192.0.2.2:443
const std::string ipv6 = "\x20\1\x0d\xb8"s + std::string(11, '\0') + "\1"s + std::string(16, '\0') + "\0\x50\1\xbb"s;

Result<std::optional<ProxyHeader>> read(std::string_view text) {
  return read_proxy_header(std::as_bytes(std::span(text)));
}

// A header of version 2 with its length filled in.
std::string v2(char command, char family, const std::string& body) {
  return signature + command + family + static_cast<char>(body.size() >> 8) + static_cast<char>(body.size()) + body;
}

TEST_CASE("a PROXY header names the client, however much of it has arrived") {
  struct Row {
    std::string header, source;
  };
  const Row rows[] = {
      {"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", "192.0.2.1:56324"},
      {"PROXY TCP6 2001:db8::1 ::1 80 443\r\n", "[2001:db8::1]:80"},
      {"PROXY TCP6 ::ffff:10.0.0.1 ::ffff:10.0.0.2 80 443\r\n", "10.0.0.1:80"},
      {"PROXY UNKNOWN\r\n", ""},
      {"PROXY UNKNOWN ffff::1 whatever 1 2\r\n", ""},
      {v2('\x21', '\x11', ipv4), "192.0.2.1:56324"},
      {v2('\x21', '\x21', ipv6), "[2001:db8::1]:80"},
      {v2('\x21', '\x11', ipv4 + "\3\0\4abcd\4\0\0"s), "192.0.2.1:56324"},
      {v2('\x20', '\0', ""), ""},
      {v2('\x20', '\x11', ipv4), ""},
      {v2('\x21', '\0', ""), ""},
      {v2('\x21', '\x31', std::string(216, 'x')), ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.header);
    for (std::size_t cut = 0; cut < row.header.size(); ++cut) {
      CAPTURE(cut);
      auto part = read(std::string_view(row.header).substr(0, cut));
      REQUIRE(part);
      CHECK(!part->has_value());
    }
    auto whole = read(row.header + "GET / HTTP/1.1\r\n");
    REQUIRE(whole);
    REQUIRE(whole->has_value());
    CHECK((*whole)->size == row.header.size());
    CHECK(((*whole)->source ? (*whole)->source->to_text() : "") == row.source);
  }
}

TEST_CASE("what is no PROXY header is refused") {
  struct Row {
    std::string text, why;
  };
  const Row rows[] = {
      {"GET / HTTP/1.1\r\n", "signature"},
      {"\x16\3\1", "signature"},
      {"PROXY\r\n", "signature"},
      {"PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", "protocol"},
      {"PROXY tcp4 1.1.1.1 2.2.2.2 1 2\r\n", "protocol"},
      {"PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "protocol"},
      {"PROXY TCP4\r\n", "port"},
      {"PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "port"},
      {"PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "port"},
      {"PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n", "port"},
      {"PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n", "port"},
      {"PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n", "port"},
      {"PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n", "port"},
      {"PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n", "malformed"},
      {"PROXY TCP4 ::1 ::2 1 2\r\n", "other family"},
      {"PROXY TCP4 ::ffff:1.1.1.1 2.2.2.2 1 2\r\n", "other family"},
      {"PROXY TCP6 1.1.1.1 ::2 1 2\r\n", "other family"},
      {"PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", "too long"},
      {"PROXY UNKNOWN " + std::string(93, 'x'), "does not end"},
      {signature + "\x11", "version or command"},
      {signature + "\x22", "version or command"},
      {v2('\x21', '\x12', ipv4), "stream"},
      {v2('\x21', '\x13', ipv4), "stream"},
      {v2('\x21', '\x11', ipv4.substr(1)), "too short"},
      {v2('\x21', '\x21', ipv4), "too short"},
      {v2('\x21', '\x11', ipv4 + "\3"), "TLV"},
      {v2('\x21', '\x11', ipv4 + "\3\0\5abcd"s), "TLV"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto got = read(row.text);
    REQUIRE(!got);
    CHECK(got.error().kind() == Kind::Invalid);
    CHECK(got.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("a PROXY header has a largest size, known from its first bytes") {
  auto largest = read(v2('\x21', '\x11', ipv4 + "\4"s + "\x0f\xe1"s + std::string(0xfe1, 'x')));
  REQUIRE(largest);
  CHECK((*largest)->size == kMaxProxyHeaderBytes);
  auto larger = read(signature + "\x21\x11\xff\xff");
  REQUIRE(!larger);
  CHECK(larger.error().kind() == Kind::Limit);
}

TEST_CASE("a header that we write is what the specification has, and is read as it was written") {
  Address v4 = parse_address("192.0.2.7:5678").value();
  Address v4_gate = parse_address("198.51.100.1:443").value();
  Address v6 = parse_address("[2001:db8::7]:5678").value();
  std::string written = write_proxy_header(v4, v4_gate, "a.example");
  CHECK(written == v2('\x21', '\x11', "\xc0\x00\x02\x07\xc6\x33\x64\x01\x16\x2e\x01\xbb\x02\x00\x09"s + "a.example"));
  struct Row {
    Address source, destination;
  };
  for (const Row& row : {Row{v4, v4_gate}, Row{v6, v4_gate}, Row{v4, v6}, Row{v6, v6}}) {
    for (std::string_view authority : {std::string_view(), std::string_view("crm.example.com")}) {
      std::string header = write_proxy_header(row.source, row.destination, authority);
      auto got = read(header + "hello");
      REQUIRE(got);
      CHECK((*got)->size == header.size());
      CHECK((*got)->source == row.source);
    }
  }
}

}  // namespace
}  // namespace pforte::net
