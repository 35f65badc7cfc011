#include "net/network.h"

#include <bit>
#include <charconv>
#include <cstring>

#include "base/text.h"

namespace pforte::net {

namespace {

constexpr std::uint8_t kMappedBits = 96;

std::unexpected<Error> no_network(std::string_view text, std::string_view why) {
  return fail(Kind::Invalid, "net.network", cat('"', text, "\" is not a network: ", why));
}

// Whether the first `bits` bits are the same.
bool same_start(const Address& left, const Address& right, unsigned bits) {
  unsigned whole = bits / 8;
  unsigned rest = bits % 8;
  if (std::memcmp(left.ip().data(), right.ip().data(), whole) != 0) return false;
  return rest == 0 || ((left.ip()[whole] ^ right.ip()[whole]) >> (8 - rest)) == 0;
}

// The address with every bit behind the first `bits` cleared.
Address cleared_behind(const Address& address, unsigned bits) {
  std::array<std::uint8_t, 16> ip = address.ip();
  for (unsigned i = 0; i < ip.size(); ++i) {
    unsigned kept = bits <= i * 8 ? 0 : std::min(8U, bits - (i * 8));
    ip[i] = static_cast<std::uint8_t>(ip[i] & ~(0xffU >> kept));
  }
  return {ip, 0};
}

}  // namespace

bool Network::contains(const Address& address) const {
  return address.is_v4() == base_.is_v4() && same_start(base_, address, bits_);
}

std::string Network::to_text() const {
  return cat(base_.ip_text(), '/', base_.is_v4() ? bits_ - kMappedBits : int{bits_});
}

Result<Network> parse_network(std::string_view text) {
  std::size_t slash = text.find('/');
  Result<Address> base = parse_ip(text.substr(0, slash));
  if (!base) return no_network(text, "what stands before the slash is neither IPv4 nor IPv6");
  Network network(*base);
  if (slash == text.npos) return network;

  std::string_view length_text = text.substr(slash + 1);
  unsigned length = 0;
  auto [end, problem] = std::from_chars(length_text.begin(), length_text.end(), length);
  unsigned longest = base->is_v4() && !text.contains(':') ? 32 : 128;
  bool padded = length_text.size() > 1 && length_text.starts_with('0');
  if (problem != std::errc() || end != length_text.end() || length > longest || padded) {
    return no_network(text, cat("its length is not a number of 0 to ", longest));
  }

  unsigned bits = longest == 32 ? length + kMappedBits : length;
  network.base_ = cleared_behind(*base, bits);
  network.bits_ = static_cast<std::uint8_t>(bits);
  if (base->is_v4() && bits < kMappedBits) return no_network(text, "IPv4-mapped networks have at least 96 bits");
  if (network.base_ != *base)
    return no_network(text, cat("bits behind its length are set; the network is ", network.to_text()));
  return network;
}

}  // namespace pforte::net
