#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/alternative_name.h"
#include "crypto/owned.h"
#include "crypto/subject.h"

namespace pforte::crypto {

// What somebody who has a key asks an authority for (PKCS#10, RFC 2986), and proves to have it.
struct CertificateRequest {
  std::string der = {};
  std::string subject = {};      // RFC 4514 text
  Subject attributes = {};       // of the subject, as far as their types have a name
  std::string common_name = {};  // the last one of the subject; empty: none
  std::vector<AlternativeName> names = {};
  std::vector<std::string> extended_key_usage = {};  // "serverAuth", or an object identifier in digits
  bool authority = false;                            // asks for a certificate of an authority
  PrivateKey key = {};                               // the public half
};

// Makes a request in DER for this key, signed with it. Fails with Kind::Internal (request.failed), for instance when a
// part of the subject is too long.
Result<std::string> make_certificate_request(EVP_PKEY& key, const Subject& subject,
                                             const std::vector<AlternativeName>& names);

// Reads a request, PEM or DER, and verifies that whoever made it has the key. `name` stands in messages.
//
// Fails with Kind::Invalid: request.damaged, request.signature, and request.names when it asks for a name that is
// neither DNS, address, mail nor URI, or that cannot be read.
Result<CertificateRequest> read_certificate_request(std::string_view content, std::string_view name);

// The parts of a name, the most general first, as far as their types have a name.
Subject attributes_of(const X509_NAME* name);

// In PEM form (RFC 7468, 7).
std::string request_pem(std::string_view der);

}  // namespace pforte::crypto
