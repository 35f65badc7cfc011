#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/owned.h"

namespace pforte::crypto {

// A public key as JSON Web Keys have it (RFC 7518, 6), with which others sign what they send us.
class JwsKey {
 public:
  // `curve` is "P-256" or "P-384"; both coordinates have its length. Fails with Kind::Invalid (jws.public-key): the
  // point is not on the curve.
  static Result<JwsKey> elliptic(std::string_view curve, const std::string& x, const std::string& y);

  // Big-endian, 2048 to 4096 bits, an odd exponent of at most 32 bits. Fails with Kind::Invalid (jws.public-key).
  static Result<JwsKey> rsa(const std::string& modulus, const std::string& exponent);

  // RFC 7638, in base64url: names the key.
  const std::string& thumbprint() const { return thumbprint_; }

  // Its required members, as a JSON object.
  const std::string& jwk() const { return jwk_; }

  // Whether `signature` over `text` is this key's, by the one algorithm that fits it: ES256, ES384 or RS256 (RFC 7518,
  // 3.1).
  bool verifies(std::string_view algorithm, std::string_view text, std::string_view signature) const;

  // Whether the certificate is for this key.
  bool belongs_to(const X509& certificate) const;

 private:
  JwsKey(PrivateKey key, std::string_view algorithm, std::string jwk);

  PrivateKey key_;  // the public half alone
  std::string_view algorithm_;
  std::string jwk_;
  std::string thumbprint_;
};

}  // namespace pforte::crypto
