#pragma once

#include <cstdint>
#include <string>

namespace pforte::kerberos {

// The name of an encryption type: "aes256-cts-hmac-sha1-96" for 18, "number 99" for what has no name.
// Source: RFC 3961, 8, and the registry "Kerberos Encryption Type Numbers".
std::string encryption_name(std::int64_t number);

// DES, DES3 and RC4, which no longer keep anybody out. Refused unless the principal is in `allow_rc4`.
bool is_weak(std::int64_t number);

}  // namespace pforte::kerberos
