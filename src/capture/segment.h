#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/address.h"

namespace pforte::capture {

// Flags of a TCP header (RFC 9293, 3.1).
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kReset = 0x04;
inline constexpr std::uint8_t kPush = 0x08;
inline constexpr std::uint8_t kAck = 0x10;

struct Segment {
  net::Address from, to;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;  // 0 where kAck is not set
  std::uint8_t flags = 0;
};

// What fits into one packet behind the headers of either IP: its length has 16 bits.
inline constexpr std::size_t kMostPayload = 65'000;

// The IP and TCP headers of a segment with `payload`, of kMostPayload bytes at most, with their checksums (RFC 791,
// RFC 8200, RFC 9293). IPv4 where both ends have such an address. A SYN says that windows are to be scaled by 2^14, so
// that none is ever full.
std::string headers_of(const Segment& segment, std::string_view payload);

// The Internet checksum of `bytes` (RFC 1071).
std::uint16_t internet_checksum(std::string_view bytes, std::uint32_t sum = 0);

}  // namespace pforte::capture
