#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pforte::policy {

// What is odd in a path and may still be wanted, so that a rule can permit it. Everything else that is ambiguous
// (NUL, control characters, malformed escapes, overlong UTF-8, hidden dot segments) is refused always.
enum class Oddity : std::uint8_t {
  EncodedSlash,         // %2f
  Backslash,            // a literal one
  EncodedBackslash,     // %5c
  EncodedSemicolon,     // %3b
  EmptySegment,         // //, and a segment of parameters alone (/;x/)
  EncodedDots,          // %2e%2e, .%2e, %2e as a whole segment; resolved by us
  DotSegmentParameter,  // ..;x and .;x; resolved by us
  DoubleEncoding,       // %252f and others that mean something after a second decoding
  InvalidUtf8,          // escapes of another character set, such as %fc for u umlaut in Latin-1
};

constexpr std::size_t kOddityCount = 9;

// The oddities that a rule permits, or that a path has. A value of two bytes.
class Permits {
 public:
  constexpr Permits() = default;

  constexpr void add(Oddity oddity) { bits_ = static_cast<std::uint16_t>(bits_ | bit(oddity)); }
  constexpr void add(Permits others) { bits_ = static_cast<std::uint16_t>(bits_ | others.bits_); }
  constexpr bool has(Oddity oddity) const { return (bits_ & bit(oddity)) != 0; }
  constexpr bool covers(Permits needed) const { return (needed.bits_ & ~bits_) == 0; }
  constexpr bool empty() const { return bits_ == 0; }

  // The first oddity of `needed` that is not permitted here. Only if !covers(needed).
  constexpr Oddity missing(Permits needed) const {
    return static_cast<Oddity>(std::countr_zero(static_cast<unsigned>(needed.bits_ & ~bits_)));
  }

  friend constexpr bool operator==(Permits, Permits) = default;

 private:
  static constexpr unsigned bit(Oddity oddity) { return 1U << static_cast<unsigned>(oddity); }

  std::uint16_t bits_ = 0;
};

// The name in the configuration: "encoded-slash", "empty-segment", ...
std::string_view oddity_name(Oddity oddity);

// The oddity of that name; empty if there is none.
std::optional<Oddity> oddity_named(std::string_view name);

}  // namespace pforte::policy
