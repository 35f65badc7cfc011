#include "crypto/private_key.h"

#include <doctest/doctest.h>

#include <string>

namespace pforte::crypto {
namespace {

TEST_CASE("a private key of each kind is written and read back") {
  for (KeyKind kind : {KeyKind::EcP256, KeyKind::EcP384, KeyKind::Rsa2048, KeyKind::Rsa3072}) {
    CAPTURE(name_of(kind));
    CHECK(key_kind(name_of(kind)) == kind);
    PrivateKey key = make_private_key(kind).value();
    Secret pem = private_key_pem(*key).value();
    CHECK(pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
    PrivateKey again = private_key_from_pem(pem.reveal(), "key").value();
    CHECK(EVP_PKEY_eq(key.get(), again.get()) == 1);
  }
  CHECK(!key_kind("rsa-1024"));
}

TEST_CASE("an encrypted key opens with its password alone") {
  PrivateKey key = make_private_key().value();
  Secret pem = encrypted_private_key_pem(*key, Secret("correct horse")).value();
  CHECK(pem.reveal().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  PrivateKey again = private_key_from_pem(pem.reveal(), "ca.key", Secret("correct horse")).value();
  CHECK(EVP_PKEY_eq(key.get(), again.get()) == 1);

  Result<PrivateKey> wrong = private_key_from_pem(pem.reveal(), "ca.key", Secret("battery"));
  REQUIRE(!wrong);
  CHECK(wrong.error().code() == "key.password-wrong");
  CHECK(wrong.error().text().starts_with("ca.key: "));
  Result<PrivateKey> none = private_key_from_pem(pem.reveal(), "ca.key");
  REQUIRE(!none);
  CHECK(none.error().code() == "key.password-missing");
}

TEST_CASE("half a key is none") {
  PrivateKey key = make_private_key().value();
  Secret pem = private_key_pem(*key).value();
  Result<PrivateKey> half = private_key_from_pem(pem.reveal().substr(0, 100), "half.key");
  REQUIRE(!half);
  CHECK(half.error().code() == "key.damaged");
}

TEST_CASE("a public half cannot sign") {
  PrivateKey key = make_private_key().value();
  PrivateKey half = public_half_of(*key).value();
  CHECK(EVP_PKEY_eq(key.get(), half.get()) == 1);
  CHECK(!private_key_pem(*half));
}

}  // namespace
}  // namespace pforte::crypto
