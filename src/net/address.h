#pragma once

#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pforte::net {

// Where a TCP socket is: an IPv4 or IPv6 address and a port. A value: plain bytes, comparable.
//
// An IPv4-mapped IPv6 address (::ffff:10.0.0.1), which a dual-stack listener reports for IPv4 peers, is the IPv4
// address: it compares, matches and prints as such. The zone of a link-local address is not kept.
class Address {
 public:
  // 0.0.0.0:0.
  Address() = default;
  Address(std::array<std::uint8_t, 4> ip, std::uint16_t port);
  Address(std::array<std::uint8_t, 16> ip, std::uint16_t port) : ip_(ip), port_(port) {}

  bool is_v4() const;
  // 127.0.0.0/8 or ::1.
  bool is_loopback() const;
  std::uint16_t port() const { return port_; }
  Address with_port(std::uint16_t port) const { return {ip_, port}; }

  // The address as IPv6, IPv4 in its mapped form; network byte order.
  const std::array<std::uint8_t, 16>& ip() const { return ip_; }

  // "10.0.0.1" or "2001:db8::1".
  std::string ip_text() const;

  // "10.0.0.1:8443" or "[2001:db8::1]:8443". parse_address() reads it back.
  std::string to_text() const;

  // For bind() and connect(); returns the length to pass along.
  socklen_t to_sockaddr(sockaddr_storage& out) const;

  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  std::array<std::uint8_t, 16> ip_ = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::uint16_t port_ = 0;
};

// Reads "127.0.0.1:8443" or "[::]:443". The port is needed; names are not looked up.
// Fails with Kind::Invalid.
Result<Address> parse_address(std::string_view text);

// Reads "127.0.0.1" or "::1", without brackets and port. Fails with Kind::Invalid.
Result<Address> parse_ip(std::string_view text, std::uint16_t port = 0);

// What accept() or getpeername() filled in. Fails with Kind::Invalid for any family but AF_INET and AF_INET6.
Result<Address> from_sockaddr(const sockaddr_storage& raw, socklen_t size);

}  // namespace pforte::net
