#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

#include "base/text.h"

namespace pforte::net {

namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::unexpected<Error> no_address(std::string_view text, std::string_view why) {
  return fail(Kind::Invalid, "net.address", cat('"', text, "\" is not an address: ", why));
}

// inet_pton() wants a terminated text; no address is longer than this.
using Terminated = std::array<char, INET6_ADDRSTRLEN + 1>;

bool terminate(std::string_view text, Terminated& out) {
  if (text.size() >= out.size() || text.contains('\0')) return false;
  *std::ranges::copy(text, out.begin()).out = '\0';
  return true;
}

bool read_port(std::string_view text, std::uint16_t& port) {
  auto [end, problem] = std::from_chars(text.begin(), text.end(), port);
  return problem == std::errc() && end == text.end();
}

}  // namespace

Address::Address(std::array<std::uint8_t, 4> ip, std::uint16_t port) : port_(port) {
  std::ranges::copy(ip, ip_.begin() + kMapped.size());
}

bool Address::is_v4() const {
  return std::equal(kMapped.begin(), kMapped.end(), ip_.begin());
}

bool Address::is_loopback() const {
  if (is_v4()) return ip_[12] == 127;
  return ip_[15] == 1 && std::ranges::all_of(ip_.begin(), ip_.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

std::string Address::ip_text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4()) {
    inet_ntop(AF_INET, ip_.data() + kMapped.size(), text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, ip_.data(), text.data(), text.size());
  }
  return text.data();
}

std::string Address::to_text() const {
  return is_v4() ? cat(ip_text(), ':', port_) : cat('[', ip_text(), "]:", port_);
}

socklen_t Address::to_sockaddr(sockaddr_storage& out) const {
  out = {};
  if (is_v4()) {
    sockaddr_in raw{};
    raw.sin_family = AF_INET;
    raw.sin_port = htons(port_);
    std::memcpy(&raw.sin_addr, ip_.data() + kMapped.size(), sizeof raw.sin_addr);
    std::memcpy(&out, &raw, sizeof raw);
    return sizeof raw;
  }
  sockaddr_in6 raw{};
  raw.sin6_family = AF_INET6;
  raw.sin6_port = htons(port_);
  std::memcpy(&raw.sin6_addr, ip_.data(), sizeof raw.sin6_addr);
  std::memcpy(&out, &raw, sizeof raw);
  return sizeof raw;
}

Result<Address> parse_address(std::string_view text) {
  std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  if (colon == text.npos || text.ends_with(']')) return no_address(text, "it has no port");
  if (!read_port(text.substr(colon + 1), port)) return no_address(text, "its port is not a number of 0 to 65535");

  std::string_view host = text.substr(0, colon);
  bool bracketed = host.size() >= 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != host.contains(':')) return no_address(text, "brackets belong around IPv6 addresses, and only there");
  return parse_ip(host, port);
}

Result<Address> parse_ip(std::string_view text, std::uint16_t port) {
  Terminated terminated{};
  if (!terminate(text, terminated)) return no_address(text, "neither IPv4 nor IPv6");
  std::array<std::uint8_t, 4> v4{};
  if (inet_pton(AF_INET, terminated.data(), v4.data()) == 1) return Address(v4, port);
  std::array<std::uint8_t, 16> v6{};
  if (inet_pton(AF_INET6, terminated.data(), v6.data()) == 1) return Address(v6, port);
  return no_address(text, "neither IPv4 nor IPv6");
}

Result<Address> from_sockaddr(const sockaddr_storage& raw, socklen_t size) {
  if (raw.ss_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in in{};
    std::memcpy(&in, &raw, sizeof in);
    std::array<std::uint8_t, 4> ip{};
    std::memcpy(ip.data(), &in.sin_addr, ip.size());
    return Address(ip, ntohs(in.sin_port));
  }
  if (raw.ss_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 in{};
    std::memcpy(&in, &raw, sizeof in);
    std::array<std::uint8_t, 16> ip{};
    std::memcpy(ip.data(), &in.sin6_addr, ip.size());
    return Address(ip, ntohs(in.sin6_port));
  }
  return fail(Kind::Invalid, "net.address", cat("a socket of family ", raw.ss_family, " has no IP address"));
}

}  // namespace pforte::net
