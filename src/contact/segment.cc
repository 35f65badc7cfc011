#include "contact/segment.h"

#include <array>
#include <cstring>
#include <utility>

#include "contact/record.h"

namespace pforte::contact {

namespace {

constexpr std::string_view kMagic = "PFCONT1\n";
constexpr std::size_t kFrameBytes = 8;  // length and checksum

template <class N>
std::string little_endian(N number) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof(N); ++i) bytes += char(number >> 8 * i & 0xff);
  return bytes;
}

template <class N>
N from_little_endian(std::string_view bytes) {
  N number = 0;
  for (std::size_t i = sizeof(N); i-- > 0;) number = N(number << 8 | std::uint8_t(bytes[i]));
  return number;
}

// FNV-1a: against what was torn, not against anybody.
std::uint64_t checksum(std::uint64_t seed, std::string_view bytes) {
  constexpr std::uint64_t kPrime = 1099511628211U;
  std::uint64_t sum = 14695981039346656037U;
  for (int i = 0; i < 8; ++i) sum = (sum ^ (seed >> 8 * i & 0xff)) * kPrime;
  for (char byte : bytes) sum = (sum ^ std::uint8_t(byte)) * kPrime;
  return sum;
}

std::uint32_t frame_checksum(std::string_view record, std::uint64_t number) {
  std::uint64_t sum = checksum(number ^ std::uint64_t(record.size()) << 48, record);
  return std::uint32_t(sum ^ sum >> 32);
}

// Gives place and size of each record to `take`, in their order, as far as they are whole. Returns as read_segment().
std::size_t walk(std::string_view bytes, const std::function<void(std::size_t, std::size_t)>& take) {
  auto number = number_of_segment(bytes);
  if (!number) return 0;
  std::size_t taken = kSegmentHeaderBytes;
  while (bytes.size() - taken >= kFrameBytes) {
    auto size = from_little_endian<std::uint32_t>(bytes.substr(taken, 4));
    auto sum = from_little_endian<std::uint32_t>(bytes.substr(taken + 4, 4));
    if (size == 0 || size > bytes.size() - taken - kFrameBytes) break;
    if (frame_checksum(bytes.substr(taken + kFrameBytes, size), *number) != sum) break;
    take(taken + kFrameBytes, size);
    taken += kFrameBytes + size;
  }
  return taken;
}

}  // namespace

std::string segment_header(std::uint64_t number) {
  std::string header(kMagic);
  header += little_endian(number);
  header += little_endian(checksum(number, kMagic));
  return header;
}

std::optional<std::uint64_t> number_of_segment(std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  auto number = from_little_endian<std::uint64_t>(bytes.substr(kMagic.size(), 8));
  if (segment_header(number) != bytes.substr(0, kSegmentHeaderBytes)) return std::nullopt;
  return number;
}

std::string framed(std::string_view record, std::uint64_t number) {
  std::string bytes = little_endian(std::uint32_t(record.size()));
  bytes += little_endian(frame_checksum(record, number));
  bytes += record;
  return bytes;
}

std::size_t read_segment(std::string_view bytes, const std::function<void(Contact)>& tell) {
  return walk(bytes, [&](std::size_t place, std::size_t size) {
    // One that a later version wrote is left out.
    if (auto contact = read_record(bytes.substr(place, size))) tell(*std::move(contact));
  });
}

std::string without(std::string bytes, const std::function<bool(const Contact&)>& goes) {
  std::string rest = bytes;
  std::optional<std::uint64_t> number = number_of_segment(bytes);
  walk(bytes, [&](std::size_t place, std::size_t size) {
    Result<Contact> contact = read_record(std::string_view(bytes).substr(place, size));
    if (contact && !goes(*contact)) return;
    std::string blank = framed(std::string(size, '\0'), *number);
    rest.replace(place - kFrameBytes, blank.size(), blank);
  });
  return rest;
}

}  // namespace pforte::contact
