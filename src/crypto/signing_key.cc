#include "crypto/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <array>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/failure.h"

namespace pforte::crypto {
namespace {

constexpr int kCoordinateBytes = 32;
constexpr std::size_t kMostDerBytes = 72;  // of a signature: two numbers of at most 33 bytes

using Number = Owned<BIGNUM, BN_free>;
using Signature = Owned<ECDSA_SIG, ECDSA_SIG_free>;
using Digest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

// Big-endian, all 32 bytes.
std::string bytes_of(const BIGNUM& number) {
  std::array<unsigned char, kCoordinateBytes> bytes{};
  BN_bn2binpad(&number, bytes.data(), kCoordinateBytes);
  return {bytes.begin(), bytes.end()};
}

// A coordinate of the public point in base64url (RFC 7518, 6.2.1.2).
std::string coordinate(const EVP_PKEY& key, const char* name) {
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(&key, name, &found);
  Number number(found);
  return number ? to_base64url(bytes_of(*number)) : std::string();
}

// Its required members in the order of RFC 7638.
std::string required_members(const EVP_PKEY& key) {
  return cat(R"("crv":"P-256","kty":"EC","x":")", coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X), R"(","y":")",
             coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y), '"');
}

bool is_p256(const EVP_PKEY& key) {
  std::array<char, 64> group{};
  return EVP_PKEY_is_a(&key, "EC") == 1 && EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) == 1 &&
         std::string_view(group.data()) == SN_X9_62_prime256v1;
}

std::unexpected<Error> failed(std::string_view deed) {
  return fail(Kind::Internal, "signing-key.failed", cat(deed, ": ", openssl_reason()));
}

int no_password(char*, int, int, void*) {
  return -1;
}

}  // namespace

SigningKey::SigningKey(PrivateKey key) : key_(std::move(key)), begun_(EVP_MD_CTX_new()) {
  if (EVP_DigestSignInit(begun_.get(), nullptr, EVP_sha256(), nullptr, key_.get()) != 1) begun_.reset();
  Sha256 thumbprint = sha256(cat('{', required_members(*key_), '}'));
  id_ = to_base64url({reinterpret_cast<const char*>(thumbprint.data()), thumbprint.size()});
}

Result<SigningKey> SigningKey::make() {
  PrivateKey key(EVP_EC_gen("P-256"));
  if (!key) return failed("making a key for assertions");
  return SigningKey(std::move(key));
}

Result<SigningKey> SigningKey::from_pem(const Secret& pem) {
  std::string_view text = pem.reveal();
  Bytes bytes(BIO_new_mem_buf(text.data(), int(text.size())));
  PrivateKey key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_password, nullptr));
  std::string reason = openssl_reason();
  if (!key) return fail(Kind::Invalid, "signing-key.damaged", cat("a key for assertions cannot be read: ", reason));
  if (!is_p256(*key)) return fail(Kind::Invalid, "signing-key.damaged", "a key for assertions is not of EC P-256");
  return SigningKey(std::move(key));
}

Result<Secret> SigningKey::to_pem() const {
  Bytes out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return failed("writing a key for assertions");
  char* text = nullptr;
  long size = BIO_get_mem_data(out.get(), &text);
  return Secret({text, std::size_t(size)});
}

std::string SigningKey::public_jwk() const {
  return cat('{', required_members(*key_), R"(,"kid":")", id_, R"(","use":"sig","alg":"ES256"})");
}

Result<std::string> SigningKey::sign(std::string_view text) const {
  Digest digest(EVP_MD_CTX_new());
  std::array<unsigned char, kMostDerBytes> der{};
  std::size_t size = der.size();
  if (!digest || !begun_ || EVP_MD_CTX_copy_ex(digest.get(), begun_.get()) != 1 ||
      EVP_DigestSign(digest.get(), der.data(), &size, reinterpret_cast<const unsigned char*>(text.data()),
                     text.size()) != 1)
    return failed("signing an assertion");
  const unsigned char* begin = der.data();
  Signature signature(d2i_ECDSA_SIG(nullptr, &begin, long(size)));
  if (!signature) return failed("signing an assertion");
  return bytes_of(*ECDSA_SIG_get0_r(signature.get())) + bytes_of(*ECDSA_SIG_get0_s(signature.get()));
}

}  // namespace pforte::crypto
