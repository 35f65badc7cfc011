#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdlib>

namespace pforte::crypto {

Sha256 sha256(std::string_view bytes) {
  // Looking the algorithm up takes longer than hashing a name.
  static const EVP_MD* const the_algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Sha256 digest;
  if (!the_algorithm || EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, the_algorithm, nullptr) != 1)
    std::abort();
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pforte::crypto
