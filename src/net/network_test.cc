#include "net/network.h"

#include <doctest/doctest.h>

namespace pforte::net {
namespace {

TEST_CASE("a network holds the addresses that share its bits") {
  struct Row {
    std::string_view network, address;
    bool inside;
  };
  const Row rows[] = {
      {"10.0.0.0/8", "10.255.0.1", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.0.0.0/8", "::ffff:10.1.2.3", true},
      {"10.0.0.0/8", "a00::", false},
      {"192.168.4.0/22", "192.168.7.255", true},
      {"192.168.4.0/22", "192.168.8.0", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "::1", false},
      {"::/0", "2001:db8::1", true},
      {"::/0", "8.8.8.8", false},
      {"fd00::/8", "fdff::1", true},
      {"fd00::/8", "fe00::1", false},
      {"2001:db8::/33", "2001:db8:7fff::", true},
      {"2001:db8::/33", "2001:db8:8000::", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "127.0.0.2", false},
      {"::1", "::1", true},
      {"::ffff:10.0.0.0/104", "10.9.9.9", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.network);
    CAPTURE(row.address);
    CHECK(parse_network(row.network).value().contains(parse_ip(row.address, 99).value()) == row.inside);
  }
}

TEST_CASE("a network is written with its length") {
  struct Row {
    std::string_view text, written;
  };
  const Row rows[] = {
      {"10.0.0.0/8", "10.0.0.0/8"},
      {"10.0.0.1", "10.0.0.1/32"},
      {"::1", "::1/128"},
      {"fd00::/8", "fd00::/8"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"::/0", "::/0"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Network network = parse_network(row.text).value();
    CHECK(network.to_text() == row.written);
    CHECK(parse_network(row.written).value() == network);
  }
}

TEST_CASE("a malformed network says what is wrong with it") {
  struct Row {
    std::string_view text, why;
  };
  const Row rows[] = {
      {"", "neither"},
      {"/8", "neither"},
      {"10.0.0/8", "neither"},
      {"10.0.0.0/", "0 to 32"},
      {"10.0.0.0/33", "0 to 32"},
      {"10.0.0.0/08", "0 to 32"},
      {"10.0.0.0/-1", "0 to 32"},
      {"10.0.0.0/8/8", "0 to 32"},
      {"10.0.0.0/255.0.0.0", "0 to 32"},
      {"fd00::/129", "0 to 128"},
      {"10.1.0.0/8", "the network is 10.0.0.0/8"},
      {"192.168.1.77/24", "the network is 192.168.1.0/24"},
      {"fd00::1/64", "the network is fd00::/64"},
      {"::ffff:10.0.0.0/8", "at least 96"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Result<Network> got = parse_network(row.text);
    REQUIRE(!got);
    CHECK(got.error().kind() == Kind::Invalid);
    CHECK(got.error().text().find(row.why) != std::string::npos);
  }
}

}  // namespace
}  // namespace pforte::net
