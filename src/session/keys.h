#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto/sealing_keys.h"
#include "crypto/signing_key.h"
#include "session/session.h"
#include "store/store.h"

namespace pforte::session {

// The keys of the store in use now: those that seal cookies, and those that sign assertions. Immutable; every worker
// has the newest.
struct Keys {
  std::shared_ptr<const crypto::SealingKeys> sealing;
  // The newest last; the one before it signs until the newest is known to those who have read jwks.json.
  std::vector<std::shared_ptr<const crypto::SigningKey>> signing;
  std::shared_ptr<const crypto::SigningKey> signer;
  std::string jwks;  // {"keys":[...]} (RFC 7517)
};

// Reads them; makes the first, replaces those that are due (sealing keys after `rotation`, kept for `lifetime` more so
// that no session ends by it; signing keys after 30 days, told in jwks.json one day before they sign and one after).
//
// To be called every minute: a new sealing key opens at once, but seals only once all nodes have had time to read it.
// Several nodes may call it at once. Fails as the store does, and with Kind::Invalid for a key that is damaged.
Result<std::shared_ptr<const Keys>> renew_keys(store::Store& store, std::chrono::milliseconds rotation,
                                               std::chrono::milliseconds lifetime,
                                               Time now = std::chrono::system_clock::now());

}  // namespace pforte::session
