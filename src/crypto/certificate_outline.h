#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/certificate.h"

namespace pforte::crypto {

// What of a certificate can be read without decoding its key, which takes OpenSSL 3 longer than all the rest together:
// enough to list it, and to find it by name. Its views point into the DER it was read from.
struct CertificateOutline {
  std::string_view serial;   // the INTEGER's content, big-endian
  std::string_view issuer;   // DER of the Name
  std::string_view subject;  // DER of the Name
  std::string_view key;      // DER of the SubjectPublicKeyInfo
  UtcTime not_before;
  UtcTime not_after;
};

// None: `der` is not one certificate with nothing behind it, as far as the outline goes. X509's own reader may still
// refuse it.
// Source: RFC 5280, 4.1.
std::optional<CertificateOutline> outline_of(std::string_view der);

// The certificate itself. None where OpenSSL refuses it, or something stands behind it.
Certificate certificate_from(std::string_view der);
std::string der_of(const X509& certificate);

// RFC 4514 text of a Name in DER, as subject_of() gives it; empty where it is none.
std::string name_text(std::string_view der);

// What OpenSSL's hashed folders call a certificate with this subject: "4042bcee".
std::string hashed_name(const X509& certificate);

}  // namespace pforte::crypto
