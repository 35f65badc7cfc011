#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/jws_key.h"

namespace pforte::acme {

// A request to our ACME server: a JWS in flattened JSON (RFC 8555, 6.2; RFC 7515, 7.2.2). Read strictly: what two
// readers could understand differently is refused. Nothing of it holds before is_signed_by() has said so.
class SignedRequest {
 public:
  // Fails with Kind::Invalid (jws.malformed): other members than protected, payload and signature, a member twice, a
  // header without alg, url or nonce, both of jwk and kid or neither, text that is no strict base64url, more than
  // 64 KiB; and with jws.public-key for a key that is not taken.
  static Result<SignedRequest> read(std::string_view body);

  const std::string& algorithm() const { return algorithm_; }
  const std::string& url() const { return url_; }
  const std::string& nonce() const { return nonce_; }      // empty: it has none, as what is inside of another request
  const std::string& account() const { return account_; }  // "kid"; empty: it names a key
  const crypto::JwsKey* key() const { return key_ ? &*key_ : nullptr; }  // "jwk"
  const std::string& payload() const { return payload_; }

  bool is_signed_by(const crypto::JwsKey& key) const { return key.verifies(algorithm_, signed_text_, signature_); }
  // The same by HMAC-SHA-256, for what binds accounts (7.3.4).
  bool is_bound_by(const Secret& mac_key) const;

 private:
  SignedRequest() = default;
  Result<> read_header(const std::string& header);

  std::string algorithm_, url_, nonce_, account_, payload_, signature_, signed_text_;
  std::optional<crypto::JwsKey> key_;
};

// A key as JSON (RFC 7517). Fails with Kind::Invalid (jws.public-key).
Result<crypto::JwsKey> read_jwk(std::string_view json);

}  // namespace pforte::acme
