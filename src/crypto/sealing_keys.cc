#include "crypto/sealing_keys.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/bytes.h"
#include "crypto/random.h"

namespace pforte::crypto {
namespace {

// Sealed: the key's number, little-endian; the nonce; the text with its tag.
constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeadBytes = kNumberBytes + kNonceBytes;
static_assert(SealingKeys::kSecretBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* raw(char* bytes) {
  return reinterpret_cast<unsigned char*>(bytes);
}
const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::uint32_t number_in(std::string_view sealed) {
  std::uint32_t number = 0;
  for (std::size_t i = kNumberBytes; i-- > 0;) number = number << 8 | std::uint8_t(sealed[i]);
  return number;
}

}  // namespace

SealingKeys::SealingKeys(std::vector<Key> keys) : keys_(std::move(keys)) {
  // Chooses the code for this processor; any thread may, as often as it likes.
  if (sodium_init() < 0) std::abort();
  auto fits = [](const Key& key) { return key.secret.reveal().size() == kSecretBytes; };
  if (keys_.empty() || !std::ranges::all_of(keys_, fits)) std::abort();
}

bool SealingKeys::same_as(const SealingKeys& other) const {
  return std::ranges::equal(keys_, other.keys_, {}, &Key::number, &Key::number);
}

std::string SealingKeys::seal(std::string_view plain, std::string_view purpose) const {
  const Key& key = keys_.front();
  std::string sealed;
  sealed.reserve(kHeadBytes + plain.size() + kTagBytes);
  for (std::size_t i = 0; i < kNumberBytes; ++i) sealed += char(key.number >> 8 * i & 0xff);
  sealed += random_bytes(kNonceBytes);
  sealed.resize(kHeadBytes + plain.size() + kTagBytes);
  std::string_view nonce = std::string_view(sealed).substr(kNumberBytes, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed.data() + kHeadBytes), nullptr, raw(plain), plain.size(),
                                             raw(purpose), purpose.size(), nullptr, raw(nonce),
                                             raw(key.secret.reveal()));
  return to_base64url(sealed);
}

bool SealingKeys::open(std::string_view sealed, std::string_view purpose, std::string& plain) const {
  std::optional<std::string> bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < kHeadBytes + kTagBytes) return false;
  auto key = std::ranges::find(keys_, number_in(*bytes), &Key::number);
  if (key == keys_.end()) return false;

  std::string_view nonce = std::string_view(*bytes).substr(kNumberBytes, kNonceBytes);
  std::string_view text = std::string_view(*bytes).substr(kHeadBytes);  // and its tag
  std::size_t before = plain.size();
  plain.resize(before + text.size() - kTagBytes);
  bool opened = crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain.data() + before), nullptr, nullptr, raw(text),
                                                           text.size(), raw(purpose), purpose.size(), raw(nonce),
                                                           raw(key->secret.reveal())) == 0;
  if (!opened) plain.resize(before);
  return opened;
}

}  // namespace pforte::crypto
