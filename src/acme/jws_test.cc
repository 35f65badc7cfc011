#include "acme/jws.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace pforte::acme {
namespace {

using Json = nlohmann::json;

Json decoded(const Json& part) {
  return Json::parse(from_base64url(part.get<std::string>()).value());
}

TEST_CASE("the first request names the key, later ones the account") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  JwsHeader header{.url = "https://ca/new", .nonce = "abc", .account = {}};
  Json first = Json::parse(sign_request(key, header, "{}").value());
  Json said = decoded(first["protected"]);
  CHECK(said["alg"] == "ES256");
  CHECK(said["nonce"] == "abc");
  CHECK(said["url"] == "https://ca/new");
  CHECK(said["jwk"] == Json::parse(bare_jwk(key)));
  CHECK(said["jwk"].size() == 4);
  CHECK(!said.contains("kid"));
  CHECK(from_base64url(first["signature"].get<std::string>())->size() == 64);

  header.account = "https://ca/account/1";
  Json later = decoded(Json::parse(sign_request(key, header, "").value())["protected"]);
  CHECK(later["kid"] == "https://ca/account/1");
  CHECK(!later.contains("jwk"));
}

TEST_CASE("asking for a document has an empty payload") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  CHECK(Json::parse(sign_request(key, {}, "").value())["payload"] == "");
}

TEST_CASE("an account is bound by HMAC over its key") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  std::string mac_key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
  Json binding = Json::parse(bind_account(key, "kid-1", Secret(mac_key), "https://ca/new").value());
  Json said = decoded(binding["protected"]);
  CHECK(said == Json({{"alg", "HS256"}, {"kid", "kid-1"}, {"url", "https://ca/new"}}));
  CHECK(decoded(binding["payload"]) == Json::parse(bare_jwk(key)));
  std::string signed_text = binding["protected"].get<std::string>() + "." + binding["payload"].get<std::string>();
  crypto::Sha256 code = crypto::hmac_sha256(Secret(from_base64url(mac_key).value()), signed_text);
  CHECK(from_base64url(binding["signature"].get<std::string>()) == std::string(code.begin(), code.end()));
}

TEST_CASE("a key for the binding that is no base64url is refused") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  for (std::string_view bad : {"", "=", "a+b/", "???"}) {
    CAPTURE(bad);
    Result<std::string> binding = bind_account(key, "k", Secret(bad), "https://ca/new");
    REQUIRE(!binding);
    CHECK(binding.error().code() == "acme.account-binding");
  }
}

// RFC 8555, 8.4: the digest of the key authorization.
TEST_CASE("the record of dns-01 is the digest in base64url") {
  CHECK(dns_record("") == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

}  // namespace
}  // namespace pforte::acme
