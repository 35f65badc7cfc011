#include "crypto/signing.h"

namespace pforte::crypto {

const EVP_MD* digest_for(const EVP_PKEY& key) {
  if (EVP_PKEY_is_a(&key, "ED25519") == 1 || EVP_PKEY_is_a(&key, "ED448") == 1) return nullptr;
  return EVP_PKEY_is_a(&key, "EC") == 1 && EVP_PKEY_get_bits(&key) > 256 ? EVP_sha384() : EVP_sha256();
}

}  // namespace pforte::crypto
