#include "capture/segment.h"

#include <netinet/in.h>

namespace pforte::capture {

namespace {

constexpr std::uint8_t kHops = 64;
constexpr std::size_t kIpv4Bytes = 20;
constexpr std::size_t kTcpBytes = 20;

void append_16(std::string& out, std::uint16_t number) {
  out.push_back(char(number >> 8));
  out.push_back(char(number));
}

void append_32(std::string& out, std::uint32_t number) {
  append_16(out, std::uint16_t(number >> 16));
  append_16(out, std::uint16_t(number));
}

void put_16(std::string& out, std::size_t at, std::uint16_t number) {
  out[at] = char(number >> 8);
  out[at + 1] = char(number);
}

std::string address_of(const net::Address& address, bool v4) {
  std::string bytes(address.ip().begin(), address.ip().end());
  return v4 ? bytes.substr(12) : bytes;
}

// Of big-endian words; an odd last byte is the first half of one.
std::uint32_t sum_of(std::string_view bytes, std::uint32_t sum) {
  std::uint64_t total = sum;
  for (std::size_t i = 0; i < bytes.size(); ++i) total += std::uint64_t(std::uint8_t(bytes[i])) << (i % 2 == 0 ? 8 : 0);
  while (total >> 16) total = (total & 0xffff) + (total >> 16);
  return std::uint32_t(total);
}

std::string tcp_header(const Segment& segment) {
  // Maximum segment size is not said; window scale (RFC 7323, 2.2) behind a padding byte.
  constexpr std::string_view kScale{"\x01\x03\x03\x0e", 4};
  bool syn = (segment.flags & kSyn) != 0;
  std::size_t size = kTcpBytes + (syn ? kScale.size() : 0);
  std::string out;
  append_16(out, segment.from.port());
  append_16(out, segment.to.port());
  append_32(out, segment.sequence);
  append_32(out, segment.acknowledged);
  out.push_back(char(size / 4 << 4));
  out.push_back(char(segment.flags));
  append_16(out, 0xffff);  // window
  append_16(out, 0);       // checksum
  append_16(out, 0);
  if (syn) out += kScale;
  return out;
}

// What the checksum of TCP covers besides the segment (RFC 9293, 3.1; RFC 8200, 8.1).
std::string pseudo_header(const Segment& segment, bool v4, std::size_t size) {
  std::string out = address_of(segment.from, v4) + address_of(segment.to, v4);
  if (v4) {
    append_16(out, IPPROTO_TCP);
    append_16(out, std::uint16_t(size));
  } else {
    append_32(out, std::uint32_t(size));
    append_32(out, IPPROTO_TCP);
  }
  return out;
}

std::string ip_header(const Segment& segment, bool v4, std::size_t size) {
  std::string out;
  if (v4) {
    append_16(out, 0x4500);
    append_16(out, std::uint16_t(kIpv4Bytes + size));
    append_16(out, 0);       // identification
    append_16(out, 0x4000);  // not to be fragmented
    out.push_back(char(kHops));
    out.push_back(char(IPPROTO_TCP));
    append_16(out, 0);
    out += address_of(segment.from, v4) + address_of(segment.to, v4);
    put_16(out, 10, internet_checksum(out));
  } else {
    append_32(out, 0x60000000);
    append_16(out, std::uint16_t(size));
    out.push_back(char(IPPROTO_TCP));
    out.push_back(char(kHops));
    out += address_of(segment.from, v4) + address_of(segment.to, v4);
  }
  return out;
}

}  // namespace

std::uint16_t internet_checksum(std::string_view bytes, std::uint32_t sum) {
  return std::uint16_t(~sum_of(bytes, sum));
}

std::string headers_of(const Segment& segment, std::string_view payload) {
  constexpr std::size_t kChecksum = 16;
  bool v4 = segment.from.is_v4() && segment.to.is_v4();
  std::string tcp = tcp_header(segment);
  std::size_t size = tcp.size() + payload.size();
  std::uint32_t sum = sum_of(payload, sum_of(tcp, sum_of(pseudo_header(segment, v4, size), 0)));
  put_16(tcp, kChecksum, internet_checksum({}, sum));
  return ip_header(segment, v4, size) + tcp;
}

}  // namespace pforte::capture
