#include "net/address.h"

#include <doctest/doctest.h>
#include <netinet/in.h>

namespace pforte::net {
namespace {

TEST_CASE("an address is written as it was read") {
  struct Row {
    std::string_view text, ip;
    std::uint16_t port;
    bool v4;
  };
  const Row rows[] = {
      {"127.0.0.1:8443", "127.0.0.1", 8443, true},
      {"0.0.0.0:0", "0.0.0.0", 0, true},
      {"255.255.255.255:65535", "255.255.255.255", 65535, true},
      {"[::]:443", "::", 443, false},
      {"[2001:db8::1]:80", "2001:db8::1", 80, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Result<Address> got = parse_address(row.text);
    REQUIRE(got);
    CHECK(got->to_text() == row.text);
    CHECK(got->ip_text() == row.ip);
    CHECK(got->port() == row.port);
    CHECK(got->is_v4() == row.v4);
    CHECK(parse_ip(row.ip, row.port).value() == *got);
  }
}

TEST_CASE("a malformed address says what is wrong with it") {
  struct Row {
    std::string_view text, why;
  };
  const Row rows[] = {
      {"", "no port"},
      {"127.0.0.1", "no port"},
      {"[::1]", "no port"},
      {"127.0.0.1:", "its port"},
      {"127.0.0.1:65536", "its port"},
      {"127.0.0.1:-1", "its port"},
      {"127.0.0.1:+1", "its port"},
      {"127.0.0.1:8443 ", "its port"},
      {"::1:80", "brackets"},
      {"[127.0.0.1]:80", "brackets"},
      {"[]:80", "brackets"},
      {":80", "neither"},
      {"localhost:80", "neither"},
      {"127.1:80", "neither"},
      {"127.0.0.01:80", "neither"},
      {"127.0.0.256:80", "neither"},
      {"[fe80::1%eth0]:80", "neither"},
      {std::string_view("127.0.0.1\0:80", 13), "neither"},
      {"[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd]:80", "neither"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Result<Address> got = parse_address(row.text);
    REQUIRE(!got);
    CHECK(got.error().kind() == Kind::Invalid);
    CHECK(got.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("an IPv4-mapped IPv6 address is the IPv4 address") {
  Address mapped = parse_address("[::ffff:10.0.0.1]:80").value();
  CHECK(mapped.is_v4());
  CHECK(mapped == parse_address("10.0.0.1:80").value());
  CHECK(mapped.to_text() == "10.0.0.1:80");
}

TEST_CASE("an address goes through a sockaddr and comes back") {
  for (std::string_view text : {"10.1.2.3:4", "[2001:db8::5]:65000", "[::ffff:1.2.3.4]:9"}) {
    CAPTURE(text);
    Address address = parse_address(text).value();
    sockaddr_storage raw{};
    socklen_t size = address.to_sockaddr(raw);
    CHECK(raw.ss_family == (address.is_v4() ? AF_INET : AF_INET6));
    CHECK(from_sockaddr(raw, size).value() == address);
    CHECK(!from_sockaddr(raw, size - 1));
  }
  sockaddr_storage unix_socket{};
  unix_socket.ss_family = AF_UNIX;
  CHECK(!from_sockaddr(unix_socket, sizeof unix_socket));
}

TEST_CASE("a default address is 0.0.0.0 and takes another port") {
  CHECK(Address().to_text() == "0.0.0.0:0");
  CHECK(Address().with_port(7).to_text() == "0.0.0.0:7");
}

}  // namespace
}  // namespace pforte::net
