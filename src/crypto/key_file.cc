#include "crypto/key_file.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/private_key.h"

namespace pforte::crypto {

namespace {

using KeyContent = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using SealedKey = Owned<X509_SIG, X509_SIG_free>;

const unsigned char* begin_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Result<PrivateKey> unseal(const X509_SIG& sealed, std::string_view name, const std::optional<Secret>& password) {
  if (!password)
    return fail(Kind::Invalid, "key.password-missing", cat(name, ": the key is encrypted and no password is given"));
  std::string_view text = password->reveal();
  KeyContent content(PKCS8_decrypt(&sealed, text.data(), int(text.size())));
  PrivateKey key(content ? EVP_PKCS82PKEY(content.get()) : nullptr);
  ERR_clear_error();
  if (key) return key;
  return fail(Kind::Invalid, "key.password-wrong",
              cat(name, ": the password does not open the key, or the file is damaged"));
}

}  // namespace

Result<PrivateKey> private_key_in(std::string_view content, std::string_view name,
                                  const std::optional<Secret>& password) {
  if (content.find("-----BEGIN ") != std::string_view::npos) return private_key_from_pem(content, name, password);
  ERR_clear_error();
  const unsigned char* at = begin_of(content);
  PrivateKey key(d2i_AutoPrivateKey(nullptr, &at, long(content.size())));
  ERR_clear_error();
  if (key) return key;
  at = begin_of(content);
  SealedKey sealed(d2i_X509_SIG(nullptr, &at, long(content.size())));
  ERR_clear_error();
  if (sealed) return unseal(*sealed, name, password);
  return fail(Kind::Invalid, "key.damaged", cat(name, ": holds no private key in PEM or DER"));
}

Result<Secret> private_key_der(const EVP_PKEY& key) {
  KeyContent content(EVP_PKEY2PKCS8(&key));
  unsigned char* bytes = nullptr;
  int size = content ? i2d_PKCS8_PRIV_KEY_INFO(content.get(), &bytes) : -1;
  if (size < 0) return fail(Kind::Internal, "key.failed", cat("writing a private key: ", openssl_reason()));
  Secret der({reinterpret_cast<char*>(bytes), std::size_t(size)});
  OPENSSL_clear_free(bytes, std::size_t(size));
  return der;
}

}  // namespace pforte::crypto
