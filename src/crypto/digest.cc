#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

#include "crypto/owned.h"

namespace pforte::crypto {

Sha256 sha256(std::string_view bytes) {
  // Looking the algorithm up takes longer than hashing a name.
  static const EVP_MD* const the_algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 digest;
  if (!the_algorithm || EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, the_algorithm, nullptr) != 1)
    std::abort();
  return digest;
}

Sha256 hmac_sha256(const Secret& key, std::string_view text) {
  Sha256 code;
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.reveal().data(), int(key.reveal().size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &size))
    std::abort();
  return code;
}

Sha1 sha1(std::initializer_list<std::string_view> pieces) {
  Owned<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) == 1;
  for (std::string_view piece : pieces) good = good && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  Sha1 digest;
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) std::abort();
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pforte::crypto
