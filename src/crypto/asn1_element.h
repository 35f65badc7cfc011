#pragma once

#include <optional>
#include <string_view>

namespace pforte::crypto {

// One element of BER or DER with a definite length. OpenSSL's reader of single elements is behind it.
struct Asn1Element {
  int tag;  // a universal one, V_ASN1_SEQUENCE; [n] of the context is context_tag(n), and all others are negative
  std::string_view content;
  std::string_view whole;  // with tag and length
};

constexpr int context_tag(int number) {
  return -1 - number;
}

// The universal tag of a SEQUENCE (X.680, 8.4).
constexpr int kSequenceTag = 16;

// Takes the first element off `rest`. None, and `rest` stays: it does not begin with one.
std::optional<Asn1Element> take_element(std::string_view& rest);

// The same for one that must have this tag.
std::optional<Asn1Element> take_element(std::string_view& rest, int tag);

}  // namespace pforte::crypto
