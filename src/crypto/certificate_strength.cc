#include "crypto/certificate_strength.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "base/text.h"

namespace pforte::crypto {

namespace {

// Below this many bits of work, a key is within reach of those who have the means.
constexpr int kLeastSecurityBits = 112;

// OpenSSL computes what it knows of extensions into the certificate itself.
X509* writable(const X509& certificate) {
  return const_cast<X509*>(&certificate);
}

}  // namespace

AuthorityClaim authority_claim(const X509& certificate) {
  std::uint32_t flags = X509_get_extension_flags(writable(certificate));
  bool root_of_version_1 = (flags & EXFLAG_V1) != 0 && (flags & EXFLAG_SI) != 0;
  return (flags & EXFLAG_CA) != 0 || root_of_version_1 ? AuthorityClaim::Yes : AuthorityClaim::No;
}

bool forbids_signing_certificates(const X509& certificate) {
  return (X509_get_extension_flags(writable(certificate)) & EXFLAG_KUSAGE) != 0 &&
         (X509_get_key_usage(writable(certificate)) & KU_KEY_CERT_SIGN) == 0;
}

bool is_self_issued(const X509& certificate) {
  return (X509_get_extension_flags(writable(certificate)) & EXFLAG_SI) != 0;
}

KeyStrength key_strength(const X509& certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(&certificate);
  ERR_clear_error();
  if (!key) return {.name = "?", .weak = false};
  const char* type = EVP_PKEY_get0_type_name(key);
  return {.name = cat(type ? type : "?", ' ', EVP_PKEY_get_bits(key)),
          .weak = EVP_PKEY_get_security_bits(key) < kLeastSecurityBits};
}

std::string signature_digest(const X509& certificate) {
  int digest = NID_undef;
  X509_get_signature_info(writable(certificate), &digest, nullptr, nullptr, nullptr);
  ERR_clear_error();
  return digest == NID_undef ? "" : OBJ_nid2sn(digest);
}

}  // namespace pforte::crypto
