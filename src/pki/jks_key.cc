#include "pki/jks_key.h"

#include <strings.h>

#include <optional>
#include <string_view>

#include "base/text.h"
#include "base/utf16.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace pforte::pki {
namespace {

constexpr std::size_t kSaltBytes = 20;

// SEQUENCE { OBJECT IDENTIFIER 1.3.6.1.4.1.42.2.17.1.1, NULL }
constexpr std::string_view kAlgorithm("\x30\x0e\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01\x05\x00", 16);

std::string_view bytes_of(const crypto::Sha1& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// Tag, length (X.690, 8.1.3) and content.
std::string element(char tag, std::string_view content) {
  std::string length;
  for (std::size_t left = content.size(); left > 0; left >>= 8) length.insert(0, 1, char(left & 0xff));
  std::string head(1, tag);
  if (content.size() < 0x80) {
    head += char(content.size());
  } else {
    head += char(0x80 | length.size());
    head += length;
  }
  return cat(head, content);
}

// The key, each 20 bytes of it mixed with the hash of the password and the hash before.
std::string mixed(std::string_view key, std::string_view password, std::string_view salt) {
  std::string out(key);
  std::string before(salt);
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::size_t place = i % kSaltBytes;
    if (place == 0) before = bytes_of(crypto::sha1({password, before}));
    out[i] = char(out[i] ^ before[place]);
  }
  return out;
}

}  // namespace

Result<std::string> protect_jks_key(const Secret& der, const Secret& password) {
  std::optional<std::u16string> units = utf16_of(password.reveal());
  if (!units) return fail(Kind::Invalid, "trust.password-wrong", "a password must be UTF-8");
  std::string letters;  // UTF-16, big-endian
  letters.reserve(2 * units->size());
  for (char16_t unit : *units) {
    letters += char(unit >> 8);
    letters += char(unit & 0xff);
  }
  std::string salt = crypto::random_bytes(kSaltBytes);
  crypto::Sha1 check = crypto::sha1({letters, der.reveal()});
  std::string sealed = cat(salt, mixed(der.reveal(), letters, salt), bytes_of(check));
  explicit_bzero(letters.data(), letters.size());
  explicit_bzero(units->data(), 2 * units->size());
  return element(0x30, cat(kAlgorithm, element(0x04, sealed)));
}

}  // namespace pforte::pki
