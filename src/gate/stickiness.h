#pragma once

#include <string>
#include <string_view>

#include "crypto/sealing_keys.h"
#include "gate/backend.h"
#include "http/message.h"
#include "session/session.h"

namespace pforte::gate {

// Keeps the client of one exchange at its server of a backend that is sticky.
//
// Our cookie says nothing to others: it is sealed, for this backend, and holds the server's hash and when that was. Any
// node with the same keys and servers understands it.
class Stickiness {
 public:
  // `backend` is sticky, and it and `request` must outlive this. `keys`: null where there are none (yet).
  Stickiness(const Backend& backend, const http::RequestHead& request, const crypto::SealingKeys* keys,
             session::Time now);

  // Where the client belongs, if that server may get its request now; null: nowhere.
  const Server* server(net::Instant now) const;

  // `server` has answered with `head`: learns the session it began. What the client is told, as the value of a
  // Set-Cookie field that lives as long as this; empty: nothing, since it knows.
  std::string_view note(const Server& server, const http::ResponseHead& head, const crypto::SealingKeys* keys,
                        session::Time now);

 private:
  const StickyConfig& config() const { return *backend_.config.sticky; }
  const Server* server_with(std::uint64_t hash) const;
  const Server* server_of_session(std::string_view id) const;
  const Server* server_by_route(std::string_view id) const;
  bool open(std::string_view cookie, const crypto::SealingKeys& keys, session::Time now);
  void learn_session(const Server& server, const http::ResponseHead& head) const;

  const Backend& backend_;
  const Server* server_ = nullptr;
  bool old_ = false;  // the cookie is good, but is to be made anew
  std::string cookie_;
};

}  // namespace pforte::gate
