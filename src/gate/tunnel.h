#pragma once

#include "gate/bound_tunnels.h"
#include "http/client_exchange.h"
#include "http/exchange.h"
#include "net/loop.h"

namespace pforte::gate {

// What a tunnel has carried.
struct Carried {
  std::uint64_t to_server = 0;
  std::uint64_t to_client = 0;
};

// When a tunnel ends although nobody closes it.
struct TunnelTerms {
  net::Duration idle;  // nothing has moved either way for so long
  BoundTunnels* bound = nullptr;
  const session::Session* session = nullptr;  // ends with it; null: nobody has signed in
};

// Carries bytes between a client and a server that agreed to speak something else than HTTP (WebSocket), until both
// have finished. `carried` is kept up to date, also when it fails.
//
// Fails with Kind::Timeout once it has been idle, with Kind::Denied when its session has ended, and with the error of
// either side.
net::Task<> tunnel(net::Loop& loop, http::Exchange& client, http::ClientExchange& server, TunnelTerms terms,
                   Carried& carried);

}  // namespace pforte::gate
