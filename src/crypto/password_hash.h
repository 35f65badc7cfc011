#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace pforte::crypto {

// Argon2id (RFC 9106) with 64 MiB and 3 passes, as "$argon2id$v=19$...". Takes about 0.2 s and 64 MiB: on a thread that
// may block, and not too many at once. Fails with Kind::Unavailable when there is no memory for it.
Result<std::string> hash_password(const Secret& password);

// Whether `hash` was made from `password`; any Argon2 hash in that form. Takes as long.
bool is_password(const Secret& password, const std::string& hash);

// A hash that no password has, made once: so that asking for somebody unknown takes as long.
const std::string& hash_of_nobody();

}  // namespace pforte::crypto
