#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto/alternative_name.h"
#include "crypto/certificate.h"
#include "crypto/owned.h"
#include "crypto/subject.h"

namespace pforte::crypto {

// An extension whose value is DER already.
struct RawExtension {
  std::string id;  // "1.3.6.1.5.5.7.1.31"
  bool critical = false;
  std::string der = {};
};

// What a certificate will say (RFC 5280, 4). Names come from outside and are encoded as values; the two usages are
// texts of x509v3_config(5), always ours.
struct CertificateContent {
  Subject subject = {};                     // may be empty: then the names are critical
  std::vector<AlternativeName> names = {};  // empty: no such extension
  UtcTime not_before = {}, not_after = {};  // both are part of the validity
  std::string serial = {};                  // big-endian, see random_serial()

  bool authority = false;
  std::optional<long> path_length = {};         // of an authority
  std::string key_usage = {};                   // "digitalSignature"; critical
  std::string extended_key_usage = {};          // "serverAuth,clientAuth"; empty: none
  std::vector<AlternativeName> permitted = {};  // subtrees that an authority is bound to; critical
  std::vector<AlternativeName> excluded = {};

  std::string crl_url = {}, ocsp_url = {}, issuer_url = {};  // empty: none
  std::vector<RawExtension> more = {};
};

// Who signs. Without a certificate the new one is signed by itself.
struct Signer {
  const X509* certificate = nullptr;
  EVP_PKEY& key;
};

// 127 bits that nobody can guess, positive (RFC 5280, 4.1.2.2; CA/Browser Forum BR 7.1: at least 64).
std::string random_serial();

// Makes a certificate for `key`, of which the public half is enough. subjectKeyIdentifier and authorityKeyIdentifier
// are always there. Fails with Kind::Internal (certificate.unmakeable): a name does not fit, or OpenSSL refuses.
Result<Certificate> make_certificate(const CertificateContent& content, EVP_PKEY& key, const Signer& signer);

}  // namespace pforte::crypto
