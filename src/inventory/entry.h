#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "crypto/certificate.h"
#include "crypto/pem.h"

namespace pforte::inventory {

using Time = crypto::UtcTime;

// Where a certificate comes from.
enum class Source : std::uint8_t {
  Imported,   // pforte cert import
  Authority,  // our own CA
  Acme,       // a CA that speaks RFC 8555
  Seen,       // a server showed it
  File,       // a file that the configuration names
};

// "imported", "authority", "acme", "seen", "file".
std::string_view name_of(Source source);

// What a certificate does where it is.
enum class UseKind : std::uint8_t {
  Site,     // a site shows it; its place is the site's first host
  Backend,  // a server of a backend shows it: its URL
  Ldap,     // a server of the directory shows it: its URL
  Trust,    // it stands in a trust store: the file
  Ca,       // the company CA of this gate is it: the file
};

// "site", "backend", "ldap", "trust", "ca".
std::string_view name_of(UseKind kind);

struct Use {
  UseKind kind = UseKind::Site;
  std::string place;
  Time first{}, last{};  // when it was seen there
  bool current = true;   // no other has been seen there since
};

// A certificate that is to be kept.
struct NewCertificate {
  std::string chain_pem;               // its own first, then those that lead to its root
  std::optional<Secret> key_pem = {};  // PKCS#8, not encrypted; none: the key is elsewhere
  Source source = Source::Imported;
  std::string owner = {};  // who cares for it: a person, a department; may be empty
};

// A certificate as the inventory has it.
struct Entry {
  std::string sha256;  // of its DER, in small hexadecimal digits: its name here
  std::string subject, issuer;
  std::string serial;              // hexadecimal
  std::vector<std::string> names;  // of its SubjectAlternativeName, in lower case
  Time not_before{}, not_after{};
  Source source = Source::Imported;
  std::string owner;
  bool has_key = false;
  bool is_authority = false;    // may issue certificates
  std::optional<Time> retired;  // since then no site shows it
  Time kept{};                  // since when it is here
  std::vector<Use> uses;
};

// A certificate that a site can show.
struct ServableCertificate {
  std::string sha256;
  crypto::Identity identity;
};

}  // namespace pforte::inventory
