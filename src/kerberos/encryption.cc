#include "kerberos/encryption.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {

std::string encryption_name(std::int64_t number) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 12> kNames = {{
      {1, "des-cbc-crc"},
      {2, "des-cbc-md4"},
      {3, "des-cbc-md5"},
      {16, "des3-cbc-sha1"},
      {17, "aes128-cts-hmac-sha1-96"},
      {18, "aes256-cts-hmac-sha1-96"},
      {19, "aes128-cts-hmac-sha256-128"},
      {20, "aes256-cts-hmac-sha384-192"},
      {23, "rc4-hmac"},
      {24, "rc4-hmac-exp"},
      {25, "camellia128-cts-cmac"},
      {26, "camellia256-cts-cmac"},
  }};
  for (const auto& [known, name] : kNames) {
    if (known == number) return std::string(name);
  }
  return cat("number ", number);
}

bool is_weak(std::int64_t number) {
  // 4 to 7 were never used or are DES3 of old; negative numbers are Microsoft's own kinds of RC4.
  return number < 0 || (number >= 1 && number <= 16) || number == 23 || number == 24;
}

}  // namespace pforte::kerberos
