#include "crypto/signing_key.h"

#include <doctest/doctest.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <set>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "crypto/testing.h"

namespace pforte::crypto {
namespace {

// RFC 7515, appendix A.3, as `openssl pkcs8` writes it.
constexpr std::string_view kExamplePem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
    "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
    "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
    "-----END PRIVATE KEY-----\n";

// Whether OpenSSL takes `signature`, R and S, as made of `text`.
bool verifies(const Secret& pem, std::string_view text, std::string_view signature) {
  if (signature.size() != 64) return false;
  Bytes in(BIO_new_mem_buf(pem.reveal().data(), int(pem.reveal().size())));
  PrivateKey key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  const auto* raw = reinterpret_cast<const unsigned char*>(signature.data());
  Owned<ECDSA_SIG, ECDSA_SIG_free> parts(ECDSA_SIG_new());
  ECDSA_SIG_set0(parts.get(), BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(parts.get(), &der);
  Owned<EVP_MD_CTX, EVP_MD_CTX_free> digest(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get());
  bool good = EVP_DigestVerify(digest.get(), der, std::size_t(size),
                               reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  OPENSSL_free(der);
  return good;
}

TEST_CASE("a key is published as RFC 7517 has it, named by its thumbprint") {
  SigningKey key = SigningKey::from_pem(Secret(kExamplePem)).value();
  CHECK(key.id() == "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
  CHECK(key.public_jwk() == R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                            R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",)"
                            R"("kid":"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U","use":"sig","alg":"ES256"})");
}

TEST_CASE("a signature is 64 bytes that OpenSSL verifies, also when a number in it begins with zeros") {
  SigningKey key = SigningKey::make().value();
  Secret pem = key.to_pem().value();
  for (int i = 0; i < 600; ++i) {  // one number in 256 begins with a zero
    std::string text = "text " + std::to_string(i);
    std::string signature = key.sign(text).value();
    REQUIRE(verifies(pem, text, signature));
  }
  CHECK(!verifies(pem, "another text", key.sign("text").value()));
}

TEST_CASE("a key comes back from its PEM form as the same key") {
  SigningKey key = SigningKey::make().value();
  Secret pem = key.to_pem().value();
  SigningKey again = SigningKey::from_pem(pem).value();
  CHECK(again.id() == key.id());
  CHECK(again.to_pem()->reveal() == pem.reveal());
  CHECK(verifies(pem, "text", again.sign("text").value()));
}

TEST_CASE("no two keys are the same") {
  std::set<std::string> ids;
  for (int i = 0; i < 20; ++i) ids.insert(SigningKey::make()->id());
  CHECK(ids.size() == 20);
}

TEST_CASE("what is not a P-256 key in PEM form is refused") {
  PrivateKey other_curve(EVP_EC_gen("P-384"));
  const std::string texts[] = {"",
                               "-----BEGIN PRIVATE KEY-----\n",
                               std::string(kExamplePem.substr(0, 150)),
                               testing::pem_of(*other_curve),
                               testing::pem_of(*testing::make_key(testing::KeyType::Rsa)),
                               testing::pem_of(*testing::make_key(), "password")};
  for (const std::string& text : texts) {
    CAPTURE(text);
    Result<SigningKey> key = SigningKey::from_pem(Secret(text));
    REQUIRE(!key);
    CHECK(key.error().kind() == Kind::Invalid);
    CHECK(key.error().code() == "signing-key.damaged");
  }
}

TEST_CASE("several threads sign with the same key") {
  const SigningKey key = SigningKey::make().value();
  Secret pem = key.to_pem().value();
  std::vector<std::string> signatures(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(signatures.size());
    for (std::string& signature : signatures) {
      threads.emplace_back([&key, &signature] {
        for (int i = 0; i < 50; ++i) signature = key.sign("text").value();
      });
    }
  }
  for (const std::string& signature : signatures) CHECK(verifies(pem, "text", signature));
}

}  // namespace
}  // namespace pforte::crypto
