#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/address.h"

namespace pforte::net {

// A range of addresses that share their first bits: 10.0.0.0/8, fd00::/8. IPv4 and IPv6 are apart: ::/0 holds no
// IPv4 address.
class Network {
 public:
  // The one address `address`; its port does not matter.
  explicit Network(const Address& address) : base_(address.with_port(0)) {}

  bool contains(const Address& address) const;

  // Always with its length: "10.0.0.0/8", "::1/128".
  std::string to_text() const;

  friend bool operator==(const Network&, const Network&) = default;

 private:
  friend Result<Network> parse_network(std::string_view text);

  Address base_;
  std::uint8_t bits_ = 128;  // of the IPv6 form, so an IPv4 /8 counts 104
};

// Reads "10.0.0.0/8"; a bare address is that address alone. Fails with Kind::Invalid, also when bits behind the
// length are set: the message then names the network that was probably meant.
Result<Network> parse_network(std::string_view text);

}  // namespace pforte::net
