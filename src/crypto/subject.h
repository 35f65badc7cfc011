#pragma once

#include <openssl/x509.h>

#include <string>
#include <vector>

#include "crypto/owned.h"

namespace pforte::crypto {

// One attribute of a distinguished name: {"CN", "crm.example.com"}, {"O", "Example GmbH"}.
struct SubjectAttribute {
  std::string type;   // OpenSSL's short name
  std::string value;  // UTF-8
};

// The most general first.
using Subject = std::vector<SubjectAttribute>;

// For the units that make certificates and requests. Null: a type is unknown, or a value too long (RFC 5280, A.1: a
// common name or an organization has at most 64 characters).
Owned<X509_NAME, X509_NAME_free> x509_name(const Subject& subject);

}  // namespace pforte::crypto
