#include "crypto/password_hash.h"

#include <sodium.h>

#include <array>
#include <cstdlib>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/random.h"

namespace pforte::crypto {
namespace {

constexpr unsigned long long kPasses = 3;
constexpr std::size_t kMemory = 64UZ << 20;

void prepare() {
  if (sodium_init() < 0) std::abort();
}

// libsodium takes no null pointer, not even for nothing.
std::string_view text_of(const Secret& password) {
  return password.reveal().empty() ? std::string_view("") : password.reveal();
}

// As hashes are written: base64 without its padding.
std::string unpadded(std::string_view bytes) {
  std::string text = to_base64(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  return text;
}

}  // namespace

Result<std::string> hash_password(const Secret& password) {
  prepare();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  std::string_view text = text_of(password);
  if (crypto_pwhash_str_alg(hash.data(), text.data(), text.size(), kPasses, kMemory, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Kind::Unavailable, "password.memory", "hashing a password needs 64 MiB of memory, and there is none");
  return std::string(hash.data());
}

bool is_password(const Secret& password, const std::string& hash) {
  prepare();
  std::string_view text = text_of(password);
  return crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) == 0;
}

const std::string& hash_of_nobody() {
  // Whoever knew a password of it would have broken Argon2.
  static const std::string hash = cat("$argon2id$v=19$m=", kMemory / 1024, ",t=", kPasses, ",p=1$",
                                      unpadded(random_bytes(crypto_pwhash_SALTBYTES)), '$', unpadded(random_bytes(32)));
  return hash;
}

}  // namespace pforte::crypto
