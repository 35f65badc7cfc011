#include "capture/segment.h"

#include <doctest/doctest.h>

#include "base/bytes.h"

namespace pforte::capture {

namespace {

net::Address at(const char* text) {
  return net::parse_address(text).value();
}

// What the receiver of a segment sums: its checksum holds if nothing is left.
std::uint16_t rest_of_tcp(const Segment& segment, std::string_view headers, std::string_view payload) {
  bool v4 = segment.from.is_v4();
  std::size_t addresses = v4 ? 12 : 8;
  std::size_t ip = v4 ? 20 : 40;
  std::string tcp = std::string(headers.substr(ip)) + std::string(payload);
  std::string pseudo(headers.substr(addresses, ip - addresses));
  pseudo += std::string("\0\0\0\x06", 4);
  pseudo += std::string("\0\0", 2) + char(tcp.size() >> 8) + char(tcp.size());
  return internet_checksum(pseudo + tcp);
}

}  // namespace

TEST_CASE("the Internet checksum is that of RFC 1071's example, also of an odd number of bytes") {
  CHECK(internet_checksum(*from_hex("0001f203f4f5f6f7")) == 0x220d);
  CHECK(internet_checksum(*from_hex("0001f203f4f5f6")) == 0x2304);
  CHECK(internet_checksum("") == 0xffff);
}

TEST_CASE("headers hold addresses, ports, numbers and flags, and lengths that fit") {
  Segment segment{.from = at("10.0.0.7:50000"),
                  .to = at("10.0.0.1:443"),
                  .sequence = 0x01020304,
                  .acknowledged = 0x05060708,
                  .flags = kPush | kAck};
  std::string headers = headers_of(segment, "abc");
  REQUIRE(headers.size() == 40);
  CHECK(to_hex(headers.substr(0, 10)) ==
        "4500002b0000"
        "4000"
        "4006");
  CHECK(to_hex(headers.substr(12, 8)) ==
        "0a000007"
        "0a000001");
  CHECK(to_hex(headers.substr(20, 16)) ==
        "c35001bb"
        "01020304"
        "05060708"
        "5018ffff");
}

TEST_CASE("checksums hold, for both IPs and payloads of any length") {
  struct Row {
    const char *from, *to;
  };
  for (const Row& row : {Row{"10.0.0.7:50000", "10.0.0.1:443"}, Row{"[2001:db8::7]:50000", "[2001:db8::1]:443"}}) {
    for (std::size_t size : {0UZ, 1UZ, 2UZ, 1001UZ, kMostPayload}) {
      CAPTURE(row.from);
      CAPTURE(size);
      Segment segment{.from = at(row.from), .to = at(row.to), .sequence = 0xfffffff0, .acknowledged = 9, .flags = kAck};
      std::string payload(size, '\xe5');
      std::string headers = headers_of(segment, payload);
      CHECK(rest_of_tcp(segment, headers, payload) == 0);
      if (segment.from.is_v4()) CHECK(internet_checksum(headers.substr(0, 20)) == 0);
    }
  }
}

TEST_CASE("where one end has an IPv6 address, both are written as such") {
  std::string headers = headers_of({.from = at("10.0.0.7:5"), .to = at("[::1]:443"), .flags = kAck}, "");
  CHECK(to_hex(headers.substr(0, 8)) ==
        "60000000"
        "0014"
        "06"
        "40");
  CHECK(to_hex(headers.substr(8, 16)) == "00000000000000000000ffff0a000007");
}

TEST_CASE("a SYN says that windows are scaled, so that none is ever full") {
  std::string headers = headers_of({.from = at("10.0.0.7:5"), .to = at("10.0.0.1:443"), .flags = kSyn}, "");
  CHECK(to_hex(headers.substr(40)) == "0103030e");
  CHECK(to_hex(headers.substr(32, 1)) == "60");
}

}  // namespace pforte::capture
