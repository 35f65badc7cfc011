#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pforte::pki {

// A distinguished name: of an issuer, a subject, or a subtree.
struct DistinguishedName {
  // As it was read.
  std::string der;

  // Its parts, the most general first, in a form in which equal parts have equal bytes: strings are UTF-8 in small
  // letters without superfluous blanks, whatever string type they had (RFC 5280, 7.1).
  std::vector<std::string> parts;

  // Values of these attributes, in UTF-8, in their order.
  std::vector<std::string> common_names;
  std::vector<std::string> mail_addresses;

  bool empty() const { return parts.empty(); }

  // Whether it lies in the subtree: begins with all of its parts.
  bool within(const DistinguishedName& subtree) const;

  // Its parts in one: equal names have equal keys.
  std::string key() const;

  // RFC 4514 text: "CN=crm.example.com,O=Example".
  std::string text() const;

  bool operator==(const DistinguishedName& other) const { return parts == other.parts; }
};

// Reads the DER of a Name. One that cannot be read is empty.
DistinguishedName read_distinguished_name(std::string_view der);

// The key() of such a name, in less time: a store's hundreds are looked through for a few.
std::string name_key(std::string_view der);

}  // namespace pforte::pki
