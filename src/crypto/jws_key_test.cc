#include "crypto/jws_key.h"

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "crypto/signing_key.h"

namespace pforte::crypto {
namespace {

std::string bytes(std::string_view base64url) {
  return from_base64url(base64url).value();
}

// RFC 7515, A.3: a key, what is signed, and the signature.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kSigned =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";
constexpr std::string_view kSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

TEST_CASE("a signature of the RFC holds, and no other") {
  JwsKey key = JwsKey::elliptic("P-256", bytes(kX), bytes(kY)).value();
  std::string signature = bytes(kSignature);
  CHECK(key.verifies("ES256", kSigned, signature));
  CHECK(!key.verifies("ES256", std::string(kSigned) + "x", signature));
  CHECK(!key.verifies("RS256", kSigned, signature));
  CHECK(!key.verifies("none", kSigned, ""));
  CHECK(!key.verifies("ES256", kSigned, signature.substr(1)));
  CHECK(!key.verifies("ES256", kSigned, std::string(64, '\0')));
}

// RFC 7638, 3.1.
TEST_CASE("an RSA key has the thumbprint of the RFC") {
  constexpr std::string_view kModulus =
      "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
      "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
      "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
      "nqDKgw";
  JwsKey key = JwsKey::rsa(bytes(kModulus), bytes("AQAB")).value();
  CHECK(key.thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST_CASE("the thumbprint of our own keys is the same here") {
  SigningKey own = SigningKey::make().value();
  std::string jwk = own.public_jwk();
  auto member = [&](std::string_view name) {
    std::size_t at = jwk.find(name) + name.size();
    return bytes(jwk.substr(at, 43));
  };
  JwsKey key = JwsKey::elliptic("P-256", member(R"("x":")"), member(R"("y":")")).value();
  CHECK(key.thumbprint() == own.id());
  CHECK(key.verifies("ES256", "text", own.sign("text").value()));
}

TEST_CASE("keys that are none are refused") {
  CHECK(!JwsKey::elliptic("P-256", std::string(32, 'x'), std::string(32, 'y')));
  CHECK(!JwsKey::elliptic("P-256", bytes(kX), ""));
  CHECK(!JwsKey::elliptic("P-521", bytes(kX), bytes(kY)));
  CHECK(!JwsKey::rsa("", "\x03"));
  CHECK(!JwsKey::rsa(std::string(128, '\xff'), "\x03"));
  CHECK(!JwsKey::rsa(std::string(256, '\xff'), "\x01"));
  CHECK(!JwsKey::rsa(std::string(255, '\xff') + '\xfe', "\x03"));
  CHECK(!JwsKey::rsa('\0' + std::string(256, '\xff'), "\x03"));
  CHECK(!JwsKey::rsa(std::string(2048, '\xff'), "\x03"));
}

}  // namespace
}  // namespace pforte::crypto
