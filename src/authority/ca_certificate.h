#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/owned.h"
#include "pki/certificate.h"

namespace pforte::authority {

// A certificate of ours, as OpenSSL and as the judge have it.
struct CaCertificate {
  crypto::Certificate x509;
  pki::Certificate judged;

  // Lower case hexadecimal; names the key that signs.
  std::string key_id() const;
  std::string pem() const;
};

Result<CaCertificate> ca_certificate(std::string der, const std::string& name);

// The first certificate of a file. Fails as pki::read_certificate_file().
Result<CaCertificate> read_ca_certificate(const std::string& file);

// The key of `certificate`. Fails as crypto::read_private_key(), and with Kind::Invalid (authority.key-mismatch) where
// it belongs to another.
Result<crypto::PrivateKey> read_ca_key(const std::string& file, const Secret& password,
                                       const CaCertificate& certificate);

}  // namespace pforte::authority
