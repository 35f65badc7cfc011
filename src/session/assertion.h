#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/signing_key.h"
#include "session/session.h"

namespace pforte::session {

// How long an assertion is good for; never longer than its session.
inline constexpr std::chrono::seconds kAssertionLife = std::chrono::seconds(300);

// Pforte-Assertion: a JSON Web Token (RFC 7519) signed with ES256: iss and aud are the site's origin
// ("https://crm.example.com"), sub the login, principal and groups as far as there are, amr, iat, exp, sid. Takes about
// 30 microseconds, so it is kept for a while. Fails with Kind::Invalid when a name is not UTF-8, and with
// Kind::Internal.
Result<std::string> assertion(const Session& session, std::string_view origin, Time now, const crypto::SigningKey& key);

}  // namespace pforte::session
