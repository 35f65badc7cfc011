#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/sealing_keys.h"
#include "session/session.h"

namespace pforte::session {

// The value of __Host-pforte: a session, sealed for one site's host, which is in lower case. About a microsecond each
// way. Instants are kept to the millisecond.
//
// Browsers keep 4096 bytes of a cookie: groups that do not fit are an error of sealing, told by false.
inline constexpr std::size_t kMostCookieBytes = 3800;

// None: larger than kMostCookieBytes.
std::optional<std::string> seal(const Session& session, std::string_view host, const crypto::SealingKeys& keys);

// Fills `session`, whose storage is used again. False: not ours, for another host, damaged; then nothing in `session`
// means anything. Looks at no clock.
bool open(std::string_view cookie, std::string_view host, const crypto::SealingKeys& keys, Session& session);

}  // namespace pforte::session
