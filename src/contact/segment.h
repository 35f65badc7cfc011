#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "contact/contact.h"

namespace pforte::contact {

// The file of contacts is a row of segments that are written one after the other, then over again from the first. A
// segment begins with a magic, its number (every one that is begun has a higher one) and a checksum of both; behind
// that come records, each with its length and a checksum over the segment's number, the length and the record: what an
// earlier round has left behind, and what was torn when the machine stopped, does not count.

inline constexpr std::size_t kSegmentBytes = 64UZ * 1024;
inline constexpr std::size_t kSegmentHeaderBytes = 24;

// Header of the segment `number`.
std::string segment_header(std::uint64_t number);
// The number in a header, none if it is no header.
std::optional<std::uint64_t> number_of_segment(std::string_view bytes);

// The record with what goes before it in the segment `number`.
std::string framed(std::string_view record, std::uint64_t number);

// Gives the contacts of a segment to `tell`, in their order, as far as they are whole. Returns how many bytes are
// taken, the header included; 0: there is no segment.
std::size_t read_segment(std::string_view bytes, const std::function<void(Contact)>& tell);

// The same segment with zeros instead of the records of which `goes` says so, and of those that cannot be read: readers
// leave them out, and what is around them stays where it was.
std::string without(std::string bytes, const std::function<bool(const Contact&)>& goes);

}  // namespace pforte::contact
