#include "acme/signed_request.h"

#include <algorithm>

#include "acme/strict_json.h"
#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace pforte::acme {
namespace {

constexpr std::size_t kMostRequest = 64UZ * 1024;
constexpr std::size_t kMostHeaderText = 2048;

std::unexpected<Error> malformed_request(std::string_view why) {
  return fail(Kind::Invalid, "jws.malformed", cat("the request ", why));
}

std::optional<std::string> bytes_member(const nlohmann::json& object, const char* name) {
  std::optional<std::string> text = text_member(object, name);
  return text ? from_base64url(*text) : std::nullopt;
}

Result<crypto::JwsKey> key_in(const nlohmann::json& jwk) {
  std::string type = text_member(jwk, "kty").value_or("");
  std::optional<std::string> first = bytes_member(jwk, type == "EC" ? "x" : "n");
  std::optional<std::string> second = bytes_member(jwk, type == "EC" ? "y" : "e");
  bool secret = jwk.contains("d") || jwk.contains("k");
  if (secret || !first || !second || (type != "EC" && type != "RSA"))
    return fail(Kind::Invalid, "jws.public-key", "the public key is of no kind that is taken: EC P-256, P-384, RSA");
  if (type == "RSA") return crypto::JwsKey::rsa(*first, *second);
  return crypto::JwsKey::elliptic(text_member(jwk, "crv").value_or(""), *first, *second);
}

}  // namespace

Result<crypto::JwsKey> read_jwk(std::string_view json) {
  std::optional<nlohmann::json> object = strict_object(json);
  if (!object) return fail(Kind::Invalid, "jws.public-key", "the public key is no JSON Web Key");
  return key_in(*object);
}

Result<SignedRequest> SignedRequest::read(std::string_view body) {
  if (body.size() > kMostRequest) return malformed_request("is longer than 64 KiB");
  std::optional<nlohmann::json> object = strict_object(body);
  if (!object || object->size() != 3) return malformed_request("is no JWS in flattened JSON");
  std::string header = text_member(*object, "protected").value_or("");
  std::string payload = text_member(*object, "payload").value_or("-");
  std::optional<std::string> header_bytes = from_base64url(header);
  std::optional<std::string> payload_bytes = from_base64url(payload);
  std::optional<std::string> signature = bytes_member(*object, "signature");
  bool has_payload = text_member(*object, "payload").has_value();
  if (header.empty() || !header_bytes || !has_payload || !payload_bytes || !signature)
    return malformed_request("is no JWS in flattened JSON");
  SignedRequest request;
  request.signed_text_ = cat(header, '.', payload);
  request.payload_ = *std::move(payload_bytes);
  request.signature_ = *std::move(signature);
  TRY(request.read_header(*header_bytes));
  return request;
}

Result<> SignedRequest::read_header(const std::string& text) {
  std::optional<nlohmann::json> header = strict_object(text);
  if (!header) return malformed_request("has a protected header that is no JSON object");
  // "crit" would name what we do not understand (RFC 7515, 4.1.11); "b64" would change what is signed (RFC 7797).
  if (header->contains("crit") || header->contains("b64")) return malformed_request("has a header that is not taken");
  algorithm_ = text_member(*header, "alg").value_or("");
  url_ = text_member(*header, "url").value_or("");
  nonce_ = text_member(*header, "nonce").value_or("");
  account_ = text_member(*header, "kid").value_or("");
  auto jwk = header->find("jwk");
  bool names_key = jwk != header->end();
  bool names_account = header->contains("kid");
  if (algorithm_.empty() || url_.empty() || names_key == names_account || (names_account && account_.empty()))
    return malformed_request("needs alg, url, and one of jwk and kid in its protected header");
  for (const std::string* one : {&algorithm_, &url_, &nonce_, &account_}) {
    bool printable = std::ranges::all_of(*one, [](char c) { return c > ' ' && c < '\x7f'; });
    if (one->size() > kMostHeaderText || !printable) return malformed_request("has a header with strange text");
  }
  if (!names_key) return {};
  if (!jwk->is_object()) return fail(Kind::Invalid, "jws.public-key", "the public key is no JSON Web Key");
  key_.emplace(TRY(key_in(*jwk)));
  return {};
}

bool SignedRequest::is_bound_by(const Secret& mac_key) const {
  if (algorithm_ != "HS256") return false;
  crypto::Sha256 code = crypto::hmac_sha256(mac_key, signed_text_);
  return crypto::equal_in_constant_time({reinterpret_cast<const char*>(code.data()), code.size()}, signature_);
}

}  // namespace pforte::acme
