#pragma once

#include <cstdint>
#include <string>

#include "crypto/owned.h"

namespace pforte::crypto {

// What a certificate says about being an authority.
enum class AuthorityClaim : std::uint8_t {
  Yes,  // CA:TRUE, or a root of the time before extensions (version 1)
  No,   // CA:FALSE, or nothing in version 3
};
AuthorityClaim authority_claim(const X509& certificate);

// Whether keyUsage is there and forbids signing certificates (RFC 5280, 4.2.1.3).
bool forbids_signing_certificates(const X509& certificate);

// Whether subject and issuer are the same name.
bool is_self_issued(const X509& certificate);

// "RSA 1024", "EC 256 bit"; and whether NIST SP 800-57 counts it as less than 112 bits strong.
struct KeyStrength {
  std::string name;
  bool weak = false;
};
KeyStrength key_strength(const X509& certificate);

// The digest that it is signed with: "SHA1", "MD5", "SHA256"; empty where the algorithm has none of its own.
std::string signature_digest(const X509& certificate);

}  // namespace pforte::crypto
