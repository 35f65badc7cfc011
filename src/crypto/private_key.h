#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/owned.h"

namespace pforte::crypto {

// What kinds of private keys are made.
enum class KeyKind : std::uint8_t { EcP256, EcP384, Rsa2048, Rsa3072, Rsa4096 };

// "ec-p256", "ec-p384", "rsa-2048", "rsa-3072", "rsa-4096".
std::string_view name_of(KeyKind kind);
std::optional<KeyKind> key_kind(std::string_view name);

// Fails with Kind::Internal (key.failed).
Result<PrivateKey> make_private_key(KeyKind kind = KeyKind::EcP256);

// PKCS#8 in PEM form, not encrypted (RFC 5958, RFC 7468, 10). Fails with Kind::Internal (key.failed).
Result<Secret> private_key_pem(const EVP_PKEY& key);

// The same, encrypted with a password: PBES2 with scrypt and AES-256-CBC (RFC 8018, 6.2; RFC 7914, 7). Opening it takes
// about 0.2 s.
Result<Secret> encrypted_private_key_pem(const EVP_PKEY& key, const Secret& password);

// Reads a private key in PEM form; `name` stands in messages. Never asks on a terminal. Fails with Kind::Invalid:
// key.password-missing, key.password-wrong, key.damaged.
Result<PrivateKey> private_key_from_pem(std::string_view pem, std::string_view name,
                                        const std::optional<Secret>& password = std::nullopt);

bool is_rsa(const EVP_PKEY& key);

// The same key with its public half alone. Fails with Kind::Internal (key.failed).
Result<PrivateKey> public_half_of(const EVP_PKEY& key);

}  // namespace pforte::crypto
