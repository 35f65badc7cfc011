#include "session/assertion.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "crypto/owned.h"
#include "session/testing.h"

namespace pforte::session {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using crypto::Owned;
using nlohmann::json;

constexpr std::string_view kOrigin = "https://crm.example.com";

struct Parts {
  std::string head, claims, signature;  // as they stand in the token
};

Parts parts_of(const std::string& token) {
  std::size_t first = token.find('.');
  std::size_t second = token.find('.', first + 1);
  REQUIRE(second != std::string::npos);
  return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
}

json claims_of(const Session& session, const crypto::SigningKey& key) {
  return json::parse(from_base64url(parts_of(assertion(session, kOrigin, kNoon, key).value()).claims).value());
}

// The public key, from nothing but its published form.
crypto::PrivateKey public_key(const json& jwk) {
  std::string point =
      "\x04" + from_base64url(std::string(jwk.at("x"))).value() + from_base64url(std::string(jwk.at("y"))).value();
  Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> build(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  Owned<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(build.get()));
  Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY_fromdata_init(context.get());
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
  return crypto::PrivateKey(key);
}

bool verifies(const json& jwk, const std::string& token) {
  Parts parts = parts_of(token);
  std::string signature = from_base64url(parts.signature).value_or("");
  if (signature.size() != 64) return false;
  const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
  Owned<ECDSA_SIG, ECDSA_SIG_free> numbers(ECDSA_SIG_new());
  ECDSA_SIG_set0(numbers.get(), BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(numbers.get(), &der);
  crypto::PrivateKey key = public_key(jwk);
  std::string text = parts.head + "." + parts.claims;
  Owned<EVP_MD_CTX, EVP_MD_CTX_free> digest(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get());
  bool good = EVP_DigestVerify(digest.get(), der, std::size_t(size),
                               reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  OPENSSL_free(der);
  return good;
}

TEST_CASE("an assertion says who it is, for whom, and for how long") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  Session session = susan();
  session.principal = "susan@EXAMPLE.COM";
  CHECK(claims_of(session, key) == json({{"iss", "https://crm.example.com"},
                                         {"aud", "https://crm.example.com"},
                                         {"sub", "susan"},
                                         {"principal", "susan@EXAMPLE.COM"},
                                         {"groups", {"crm-users", "crm-admins"}},
                                         {"amr", json::array({"kerberos"})},
                                         {"iat", 1772366400},
                                         {"exp", 1772366700},
                                         {"sid", "AAECAwQFBgcICQoLDA0ODw"}}));
}

TEST_CASE("the head of an assertion names the key and its algorithm") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  Parts parts = parts_of(assertion(susan(), kOrigin, kNoon, key).value());
  CHECK(json::parse(from_base64url(parts.head).value()) == json({{"alg", "ES256"}, {"typ", "JWT"}, {"kid", key.id()}}));
}

TEST_CASE("an assertion is verified with what jwks.json has, and only as it was made") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  json jwk = json::parse(key.public_jwk());
  std::string token = assertion(susan(), kOrigin, kNoon, key).value();
  CHECK(verifies(jwk, token));
  CHECK(!verifies(json::parse(crypto::SigningKey::make()->public_jwk()), token));
  for (std::size_t at : {std::size_t(5), token.find('.') + 5, token.rfind('.') + 5}) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK(!verifies(jwk, changed));
  }
}

TEST_CASE("what there is not is not claimed") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  Session session = susan();
  session.principal.clear();
  session.groups.clear();
  session.method = "ldap";
  json claims = claims_of(session, key);
  CHECK(!claims.contains("principal"));
  CHECK(!claims.contains("groups"));
  CHECK(claims.at("amr") == json::array({"ldap"}));
}

TEST_CASE("an assertion ends with its session") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  Session session = susan();
  session.expires = kNoon + 10s + 900ms;
  CHECK(claims_of(session, key).at("exp") == 1772366410);
}

TEST_CASE("names stand in an assertion as they are, whatever is in them") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  Session session = susan();
  session.login = "o\"brien\\\n\x01";
  session.groups = {"Käse", "\",\"sub\":\"admin", std::string("\0", 1)};
  json claims = claims_of(session, key);
  CHECK(claims.at("sub") == session.login);
  CHECK(claims.at("groups") == session.groups);
}

TEST_CASE("names that are not UTF-8 make no assertion") {
  crypto::SigningKey key = crypto::SigningKey::make().value();
  for (std::string Session::* name : {&Session::login, &Session::principal}) {
    Session session = susan();
    session.*name = "K\xe4se";
    Result<std::string> token = assertion(session, kOrigin, kNoon, key);
    REQUIRE(!token);
    CHECK(token.error().kind() == Kind::Invalid);
    CHECK(token.error().code() == "session.not-utf8");
  }
}

}  // namespace
}  // namespace pforte::session
