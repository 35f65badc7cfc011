#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/signing_key.h"

namespace pforte::acme {

// What the protected header of a request says beside the algorithm (RFC 8555, 6.2).
struct JwsHeader {
  std::string url;
  std::string nonce;
  std::string account;  // its address ("kid"); empty: the key itself is named ("jwk")
};

// The public half of an account key as the "jwk" of a request: crv, kty, x and y alone.
std::string bare_jwk(const crypto::SigningKey& key);

// A request's body: a JWS in flattened JSON, signed with ES256 (RFC 7515, 7.2.2). An empty `payload` asks for a
// document (POST-as-GET). Fails with Kind::Internal.
Result<std::string> sign_request(const crypto::SigningKey& key, const JwsHeader& header, std::string_view payload);

// The proof that the owner of `key` has an account elsewhere, for the payload of newAccount: a JWS over the key with
// HMAC-SHA-256 (RFC 8555, 7.3.4). `mac_key` as the CA gives it, in base64url.
// Fails with Kind::Invalid (acme.account-binding).
Result<std::string> bind_account(const crypto::SigningKey& key, std::string_view kid, const Secret& mac_key,
                                 std::string_view new_account_url);

// What a challenge is answered with (RFC 8555, 8.1): the token and the thumbprint of the account key.
std::string key_authorization(std::string_view token, const crypto::SigningKey& key);

// base64url of its SHA-256: what dns-01 has in its record (RFC 8555, 8.4).
std::string dns_record(std::string_view key_authorization);

}  // namespace pforte::acme
