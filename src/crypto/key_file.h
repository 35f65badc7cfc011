#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/owned.h"

namespace pforte::crypto {

// The private key that a file holds, by its content: PEM, or DER (PKCS#8, encrypted or not, and what older programs
// wrote). `name` stands in messages. Never asks on a terminal. Fails with Kind::Invalid: key.password-missing,
// key.password-wrong, key.damaged.
Result<PrivateKey> private_key_in(std::string_view content, std::string_view name,
                                  const std::optional<Secret>& password);

// PKCS#8 in DER, not encrypted (RFC 5958, 2). Fails with Kind::Internal (key.failed).
Result<Secret> private_key_der(const EVP_PKEY& key);

}  // namespace pforte::crypto
