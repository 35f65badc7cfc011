#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace pforte::kerberos {

// One element of DER: X.690, 10.1.
struct DerElement {
  std::uint8_t tag = 0;
  std::string_view content;
  std::string_view whole;  // with tag and length
};

// Reads DER from front to back, one element after the other. Strict, so that two readers of the same bytes cannot see
// different things: definite lengths in their shortest form, at most 4 bytes long; no tags of several bytes. Views
// point into the input.
class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  // The next element if it has this tag, else none and nothing is read.
  std::optional<DerElement> take(std::uint8_t tag);

  // The next element, whatever its tag. None at the end and for what is malformed.
  std::optional<DerElement> next();

 private:
  std::string_view rest_;
};

// The content of the one element that `bytes` is: of this tag, with nothing behind it.
std::optional<std::string_view> der_only(std::string_view bytes, std::uint8_t tag);

// The one INTEGER that `bytes` is, of at most 5 bytes.
std::optional<std::int64_t> der_integer(std::string_view bytes);

// An element with this content, which may consist of several pieces.
std::string der_element(std::uint8_t tag, std::initializer_list<std::string_view> content);

// Tags that Kerberos and SPNEGO use.
namespace tag {
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kBitString = 0x03;
inline constexpr std::uint8_t kOctetString = 0x04;
inline constexpr std::uint8_t kOid = 0x06;
inline constexpr std::uint8_t kEnumerated = 0x0a;
inline constexpr std::uint8_t kGeneralizedTime = 0x18;
inline constexpr std::uint8_t kGeneralString = 0x1b;
inline constexpr std::uint8_t kSequence = 0x30;
// [APPLICATION number] and [number], constructed.
constexpr std::uint8_t application(unsigned number) {
  return std::uint8_t(0x60 | number);
}
constexpr std::uint8_t context(unsigned number) {
  return std::uint8_t(0xa0 | number);
}
}  // namespace tag

}  // namespace pforte::kerberos
