#include "crypto/jws_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/failure.h"

namespace pforte::crypto {
namespace {

using BigNumber = Owned<BIGNUM, BN_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using ParameterBuilder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;

constexpr int kFewestRsaBits = 2048;
constexpr int kMostRsaBits = 4096;
constexpr std::size_t kMostExponentBytes = 4;

std::unexpected<Error> bad_key(std::string_view why) {
  (void)openssl_reason();
  return fail(Kind::Invalid, "jws.public-key", cat("the public key ", why));
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Checks that it is a sound one. Null: it is not.
PrivateKey public_key(const char* type, OSSL_PARAM* parameters) {
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    return nullptr;
  PrivateKey key(made);
  KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return check && EVP_PKEY_public_check(check.get()) == 1 ? std::move(key) : nullptr;
}

// R and S side by side as the DER that OpenSSL verifies (RFC 7518, 3.4). None: it has not the curve's length.
std::optional<std::string> der_signature(std::string_view signature, std::size_t coordinate) {
  if (signature.size() != 2 * coordinate) return std::nullopt;
  EcSignature pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(bytes_of(signature), int(coordinate), nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(signature.substr(coordinate)), int(coordinate), nullptr);
  if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) return std::nullopt;
  unsigned char* der = nullptr;
  int size = i2d_ECDSA_SIG(pair.get(), &der);
  if (size <= 0) return std::nullopt;
  std::string out(reinterpret_cast<char*>(der), std::size_t(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace

JwsKey::JwsKey(PrivateKey key, std::string_view algorithm, std::string jwk)
    : key_(std::move(key)), algorithm_(algorithm), jwk_(std::move(jwk)) {
  Sha256 digest = sha256(jwk_);
  thumbprint_ = to_base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<JwsKey> JwsKey::elliptic(std::string_view curve, const std::string& x, const std::string& y) {
  bool p256 = curve == "P-256";
  if (!p256 && curve != "P-384") return bad_key("is on a curve that is not taken");
  std::size_t length = p256 ? 32 : 48;
  if (x.size() != length || y.size() != length) return bad_key("has a coordinate of the wrong length");
  std::string point = cat('\x04', x, y);
  ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, p256 ? "P-256" : "P-384", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return bad_key("cannot be read");
  Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  PrivateKey key = public_key("EC", parameters.get());
  if (!key) return bad_key("is no point of its curve");
  std::string jwk =
      cat(R"({"crv":")", curve, R"(","kty":"EC","x":")", to_base64url(x), R"(","y":")", to_base64url(y), R"("})");
  return JwsKey(std::move(key), p256 ? "ES256" : "ES384", std::move(jwk));
}

Result<JwsKey> JwsKey::rsa(const std::string& modulus, const std::string& exponent) {
  // No leading zeros: the thumbprint must be the same for the same key (RFC 7518, 6.3.1.1).
  bool canonical = !modulus.empty() && modulus[0] != '\0' && !exponent.empty() && exponent[0] != '\0';
  if (!canonical || exponent.size() > kMostExponentBytes) return bad_key("has a number that is not as it should be");
  BigNumber n(BN_bin2bn(bytes_of(modulus), int(modulus.size()), nullptr));
  BigNumber e(BN_bin2bn(bytes_of(exponent), int(exponent.size()), nullptr));
  if (!n || !e || BN_num_bits(n.get()) < kFewestRsaBits || BN_num_bits(n.get()) > kMostRsaBits)
    return bad_key("has less than 2048 bits or more than 4096");
  if (BN_is_odd(n.get()) != 1 || BN_is_odd(e.get()) != 1 || BN_is_one(e.get()) == 1)
    return bad_key("has a number that is not as it should be");
  ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return bad_key("cannot be read");
  Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  PrivateKey key = public_key("RSA", parameters.get());
  if (!key) return bad_key("is no RSA key");
  std::string jwk = cat(R"({"e":")", to_base64url(exponent), R"(","kty":"RSA","n":")", to_base64url(modulus), R"("})");
  return JwsKey(std::move(key), "RS256", std::move(jwk));
}

bool JwsKey::verifies(std::string_view algorithm, std::string_view text, std::string_view signature) const {
  if (algorithm != algorithm_) return false;
  std::optional<std::string> sent(signature);
  if (algorithm_ != "RS256") sent = der_signature(signature, algorithm_ == "ES256" ? 32 : 48);
  if (!sent) return false;
  const EVP_MD* digest = algorithm_ == "ES384" ? EVP_sha384() : EVP_sha256();
  DigestContext context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
              EVP_DigestVerify(context.get(), bytes_of(*sent), sent->size(), bytes_of(text), text.size()) == 1;
  (void)openssl_reason();
  return good;
}

bool JwsKey::belongs_to(const X509& certificate) const {
  const EVP_PKEY* other = X509_get0_pubkey(&certificate);
  return other && EVP_PKEY_eq(key_.get(), other) == 1;
}

}  // namespace pforte::crypto
