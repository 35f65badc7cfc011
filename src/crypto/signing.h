#pragma once

#include "crypto/owned.h"

namespace pforte::crypto {

// The hash function that certificates, requests and lists are signed with by this key: SHA-384 with P-384, else
// SHA-256; null where the key needs none (Ed25519).
const EVP_MD* digest_for(const EVP_PKEY& key);

}  // namespace pforte::crypto
