#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/pem.h"

namespace pforte::crypto {

// An EC P-256 key that signs JSON Web Tokens with ES256 (RFC 7518, 3.4).
class SigningKey {
 public:
  // Fails with Kind::Internal.
  static Result<SigningKey> make();
  // What to_pem() gave. Fails with Kind::Invalid.
  static Result<SigningKey> from_pem(const Secret& pem);

  // PKCS#8 in PEM form, not encrypted. Fails with Kind::Internal.
  Result<Secret> to_pem() const;

  // Its JWK thumbprint (RFC 7638) in base64url: names the key in what it signs.
  const std::string& id() const { return id_; }

  // The public half as a JSON object: kty, crv, x, y, kid, use, alg (RFC 7517).
  std::string public_jwk() const;

  // R and S, 64 bytes, as RFC 7518 has them. Fails with Kind::Internal.
  Result<std::string> sign(std::string_view text) const;

 private:
  explicit SigningKey(PrivateKey key);
  PrivateKey key_;
  Owned<EVP_MD_CTX, EVP_MD_CTX_free> begun_;  // a signature of nothing yet, to be copied: beginning one takes long
  std::string id_;
};

}  // namespace pforte::crypto
