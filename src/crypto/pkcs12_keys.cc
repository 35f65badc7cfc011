#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "base/text.h"
#include "crypto/failure.h"
#include "crypto/pkcs12.h"

namespace pforte::crypto {

namespace {

using PlainKey = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using Borrowed = Owned<STACK_OF(X509), [](STACK_OF(X509) * certificates) { sk_X509_free(certificates); }>;

// Java's default.
constexpr int kKeyIterations = 10'000;

Result<PrivateKey> open_key(PKCS12_SAFEBAG& bag, std::string_view name, const std::optional<Secret>& password) {
  bool is_sealed = PKCS12_SAFEBAG_get_nid(&bag) == NID_pkcs8ShroudedKeyBag;
  if (is_sealed && !password)
    return fail(Kind::Invalid, "key.password-missing", cat(name, ": the key is encrypted and no password is given"));
  ERR_clear_error();
  PlainKey plain;
  if (is_sealed) {
    std::string_view text = password->reveal();
    plain.reset(PKCS12_decrypt_skey(&bag, text.data(), int(text.size())));
    if (!plain) {
      ERR_clear_error();
      return fail(Kind::Invalid, "key.password-wrong",
                  cat(name, ": the password does not open the key, or the file is damaged"));
    }
  }
  PrivateKey key(EVP_PKCS82PKEY(is_sealed ? plain.get() : PKCS12_SAFEBAG_get0_p8inf(&bag)));
  if (key) return key;
  return fail(Kind::Invalid, "key.damaged", cat(name, ": the private key in it is of no use: ", openssl_reason()));
}

}  // namespace

Result<std::vector<PrivateKey>> Pkcs12::private_keys(std::string_view name,
                                                     const std::optional<Secret>& password) const {
  std::vector<PrivateKey> keys;
  for (const Safe& safe : safes_) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(safe.bags.get()); ++i) {
      PKCS12_SAFEBAG& bag = *sk_PKCS12_SAFEBAG_value(safe.bags.get(), i);
      int type = PKCS12_SAFEBAG_get_nid(&bag);
      bool is_one = type == NID_keyBag || type == NID_pkcs8ShroudedKeyBag;
      if (is_one) keys.push_back(TRY(open_key(bag, name, password)));
    }
  }
  return keys;
}

Result<std::string> make_pkcs12(const Identity& identity, const std::string& alias, const Secret& password) {
  Borrowed above(sk_X509_new_null());
  for (std::size_t i = 1; i < identity.chain.size(); ++i) sk_X509_push(above.get(), identity.chain[i].get());
  std::string text(password.reveal());  // OpenSSL wants a NUL behind it
  Owned<PKCS12, PKCS12_free> made(PKCS12_create(text.c_str(), alias.c_str(), identity.key.get(),
                                                identity.chain.front().get(), above.get(), NID_aes_256_cbc,
                                                NID_aes_256_cbc, kKeyIterations, kKeyIterations, 0));
  explicit_bzero(text.data(), text.size());
  unsigned char* bytes = nullptr;
  int size = made ? i2d_PKCS12(made.get(), &bytes) : -1;
  if (size < 0) return fail(Kind::Internal, "key.failed", cat("writing a PKCS#12 file: ", openssl_reason()));
  std::string der(reinterpret_cast<char*>(bytes), std::size_t(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace pforte::crypto
