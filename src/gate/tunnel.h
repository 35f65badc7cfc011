#pragma once

#include "http/exchange.h"
#include "http/h1_client.h"
#include "net/loop.h"

namespace pforte::gate {

// What a tunnel has carried.
struct Carried {
  std::uint64_t to_server = 0;
  std::uint64_t to_client = 0;
};

// Carries bytes between a client and a server that agreed to speak something else than HTTP (WebSocket), until both
// have finished. `carried` is kept up to date, also when it fails.
//
// Fails with Kind::Timeout once nothing has moved either way for `idle`, and with the error of either side.
net::Task<> tunnel(net::Loop& loop, http::Exchange& client, http::H1Client& server, net::Duration idle,
                   Carried& carried);

}  // namespace pforte::gate
