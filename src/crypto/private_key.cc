#include "crypto/private_key.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "base/text.h"
#include "crypto/failure.h"

namespace pforte::crypto {
namespace {

// 16 MiB of memory, which is as much as OpenSSL's reader allows, five times over.
constexpr std::uint64_t kScryptCost = 16'384, kScryptBlock = 8, kScryptRounds = 5;

using PlainPkcs8 = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using SealedPkcs8 = Owned<X509_SIG, X509_SIG_free>;

constexpr std::array<std::pair<KeyKind, std::string_view>, 5> kKinds = {{
    {KeyKind::EcP256, "ec-p256"},
    {KeyKind::EcP384, "ec-p384"},
    {KeyKind::Rsa2048, "rsa-2048"},
    {KeyKind::Rsa3072, "rsa-3072"},
    {KeyKind::Rsa4096, "rsa-4096"},
}};

std::unexpected<Error> key_failure(std::string_view deed) {
  return fail(Kind::Internal, "key.failed", cat(deed, ": ", openssl_reason()));
}

EVP_PKEY* generate(KeyKind kind) {
  switch (kind) {
    case KeyKind::EcP256:
      return EVP_EC_gen("P-256");
    case KeyKind::EcP384:
      return EVP_EC_gen("P-384");
    case KeyKind::Rsa2048:
      return EVP_RSA_gen(2048);
    case KeyKind::Rsa3072:
      return EVP_RSA_gen(3072);
    case KeyKind::Rsa4096:
      return EVP_RSA_gen(4096);
  }
  return nullptr;
}

// Its memory is wiped when it goes.
Bytes wiped_bytes() {
  return Bytes(BIO_new(BIO_s_secmem()));
}

Secret secret_in(BIO& bytes) {
  char* text = nullptr;
  long size = BIO_get_mem_data(&bytes, &text);
  return Secret({text, std::size_t(size)});
}

int give_secret(char* into, int size, int, void* password) {
  if (!password) return -1;
  std::string_view text = static_cast<const Secret*>(password)->reveal();
  if (text.size() > std::size_t(size)) return -1;
  text.copy(into, text.size());
  return int(text.size());
}

}  // namespace

std::string_view name_of(KeyKind kind) {
  return kKinds[std::size_t(kind)].second;
}

std::optional<KeyKind> key_kind(std::string_view name) {
  for (const auto& [kind, text] : kKinds) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

Result<PrivateKey> make_private_key(KeyKind kind) {
  PrivateKey key(generate(kind));
  if (!key) return key_failure("making a private key");
  return key;
}

Result<Secret> private_key_pem(const EVP_PKEY& key) {
  Bytes out = wiped_bytes();
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return key_failure("writing a private key");
  return secret_in(*out);
}

Result<Secret> encrypted_private_key_pem(const EVP_PKEY& key, const Secret& password) {
  PlainPkcs8 plain(EVP_PKEY2PKCS8(&key));
  X509_ALGOR* scheme =
      PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 16, nullptr, kScryptCost, kScryptBlock, kScryptRounds);
  if (!plain || !scheme) return key_failure("encrypting a private key");
  std::string_view text = password.reveal();
  SealedPkcs8 sealed(PKCS8_set0_pbe(text.data(), int(text.size()), plain.get(), scheme));  // takes `scheme` if it works
  if (!sealed) X509_ALGOR_free(scheme);
  Bytes out = wiped_bytes();
  if (!sealed || !out || PEM_write_bio_PKCS8(out.get(), sealed.get()) != 1)
    return key_failure("encrypting a private key");
  return secret_in(*out);
}

Result<PrivateKey> private_key_from_pem(std::string_view pem, std::string_view name,
                                        const std::optional<Secret>& password) {
  Bytes bytes(BIO_new_mem_buf(pem.data(), int(pem.size())));
  ERR_clear_error();
  void* argument = const_cast<Secret*>(password ? &*password : nullptr);
  PrivateKey key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, give_secret, argument));
  std::string reason = openssl_reason();
  if (key) return key;
  bool encrypted = pem.find("ENCRYPTED") != std::string_view::npos;
  if (encrypted && !password)
    return fail(Kind::Invalid, "key.password-missing", cat(name, ": the key is encrypted and no password is given"));
  if (encrypted)
    return fail(Kind::Invalid, "key.password-wrong",
                cat(name, ": the password does not open the key, or the file is damaged"));
  return fail(Kind::Invalid, "key.damaged", cat(name, ": holds no usable private key in PEM form: ", reason));
}

bool is_rsa(const EVP_PKEY& key) {
  return EVP_PKEY_is_a(&key, "RSA") == 1;
}

Result<PrivateKey> public_half_of(const EVP_PKEY& key) {
  unsigned char* der = nullptr;
  int size = i2d_PUBKEY(&key, &der);
  const unsigned char* at = der;
  PrivateKey half(size > 0 ? d2i_PUBKEY(nullptr, &at, size) : nullptr);
  OPENSSL_free(der);
  if (!half) return key_failure("reading a public key");
  return half;
}

}  // namespace pforte::crypto
