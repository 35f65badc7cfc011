#pragma once

#include <span>

#include "gate/listener_config.h"
#include "net/address.h"
#include "net/socket.h"

namespace pforte::gate {

// A connection that is passed through to the gate itself comes in again and is passed on again, until no descriptor is
// left.

// Whether what is sent to `server` comes in at `listener`. `here`: the address is one of this machine's.
bool is_same_door(const net::Address& listener, const net::Address& server, bool here);

// Whether a connection that was made on behalf of `client` leads to one of `listeners`, by whatever name: only its two
// ends tell.
bool leads_back(const net::Socket& made, const net::Socket& client, std::span<const ListenerConfig> listeners);

}  // namespace pforte::gate
