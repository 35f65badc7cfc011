#include "crypto/asn1_element.h"

#include <openssl/asn1.h>
#include <openssl/err.h>

#include <climits>

namespace pforte::crypto {

std::optional<Asn1Element> take_element(std::string_view& rest) {
  const auto* begin = reinterpret_cast<const unsigned char*>(rest.data());
  const unsigned char* at = begin;
  long length = 0;
  int tag = 0, kind = 0;
  int flags = ASN1_get_object(&at, &length, &tag, &kind, long(rest.size()));
  bool indefinite = (flags & 1) != 0, bad = (flags & 0x80) != 0;
  if (bad) ERR_clear_error();
  if (rest.empty() || bad || indefinite) return std::nullopt;
  std::size_t head = std::size_t(at - begin), size = head + std::size_t(length);
  int told = kind == V_ASN1_UNIVERSAL ? tag : kind == V_ASN1_CONTEXT_SPECIFIC ? context_tag(tag) : INT_MIN;
  Asn1Element element{.tag = told, .content = rest.substr(head, std::size_t(length)), .whole = rest.substr(0, size)};
  rest.remove_prefix(size);
  return element;
}

std::optional<Asn1Element> take_element(std::string_view& rest, int tag) {
  std::string_view before = rest;
  std::optional<Asn1Element> element = take_element(rest);
  if (element && element->tag == tag) return element;
  rest = before;
  return std::nullopt;
}

}  // namespace pforte::crypto
