#include "acme/jws.h"

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace pforte::acme {
namespace {

using Json = nlohmann::ordered_json;

std::string as_text(const crypto::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// What is signed, and the object around it.
struct Unsigned {
  std::string header;   // base64url
  std::string payload;  // base64url

  std::string to_sign() const { return cat(header, '.', payload); }
  std::string with(std::string_view signature) const {
    Json document;
    document["protected"] = header;
    document["payload"] = payload;
    document["signature"] = to_base64url(signature);
    return document.dump();
  }
};

}  // namespace

std::string bare_jwk(const crypto::SigningKey& key) {
  Json jwk = Json::parse(key.public_jwk(), nullptr, false);
  Json bare;
  for (const char* name : {"crv", "kty", "x", "y"}) bare[name] = jwk[name];
  return bare.dump();
}

Result<std::string> sign_request(const crypto::SigningKey& key, const JwsHeader& header, std::string_view payload) {
  Json protected_header;
  protected_header["alg"] = "ES256";
  if (header.account.empty()) {
    protected_header["jwk"] = Json::parse(bare_jwk(key), nullptr, false);
  } else {
    protected_header["kid"] = header.account;
  }
  protected_header["nonce"] = header.nonce;
  protected_header["url"] = header.url;
  Unsigned request{.header = to_base64url(protected_header.dump()), .payload = to_base64url(payload)};
  return request.with(TRY(key.sign(request.to_sign())));
}

Result<std::string> bind_account(const crypto::SigningKey& key, std::string_view kid, const Secret& mac_key,
                                 std::string_view new_account_url) {
  std::string_view written = mac_key.reveal();
  while (written.ends_with('=')) written.remove_suffix(1);
  std::optional<std::string> bytes = from_base64url(written);
  if (!bytes || bytes->empty())
    return fail(Kind::Invalid, "acme.account-binding", "the key for the account binding is not base64url");
  Secret secret(*bytes);
  explicit_bzero(bytes->data(), bytes->size());
  Json protected_header;
  protected_header["alg"] = "HS256";
  protected_header["kid"] = kid;
  protected_header["url"] = new_account_url;
  Unsigned binding{.header = to_base64url(protected_header.dump()), .payload = to_base64url(bare_jwk(key))};
  return binding.with(as_text(crypto::hmac_sha256(secret, binding.to_sign())));
}

std::string key_authorization(std::string_view token, const crypto::SigningKey& key) {
  return cat(token, '.', key.id());
}

std::string dns_record(std::string_view key_authorization) {
  return to_base64url(as_text(crypto::sha256(key_authorization)));
}

}  // namespace pforte::acme
