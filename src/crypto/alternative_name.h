#pragma once

#include <openssl/x509v3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/owned.h"

namespace pforte::crypto {

// A name in the SubjectAlternativeName extension (RFC 5280, 4.2.1.6), or a subtree in NameConstraints.
struct AlternativeName {
  enum class Form : std::uint8_t { Dns, Ip, Mail, Uri };
  Form form = Form::Dns;
  std::string value;  // an address as text: "192.0.2.7"; of a subtree "192.0.2.0/24"

  bool operator==(const AlternativeName&) const = default;
};

// What somebody wrote: an IP address, with brackets or without, a mail address, else a DNS name, in small letters. A
// prefix decides: "dns:", "ip:", "email:", "uri:". None: it is empty, or an address that is none, or holds a character
// outside of printable ASCII (names in other scripts are written as "xn--...").
std::optional<AlternativeName> alternative_name(std::string_view text);

// With its prefix: "dns:crm.example.com".
std::string text_of(const AlternativeName& name);

// Between our names and OpenSSL's, for the units that make and read certificates. Null: a value does not fit its form.
using GeneralNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;
GENERAL_NAME* general_name(const AlternativeName& name);
GeneralNames general_names(const std::vector<AlternativeName>& names);
// None: it has another form, or its value is no text.
std::optional<AlternativeName> alternative_name(const GENERAL_NAME& name);

}  // namespace pforte::crypto
