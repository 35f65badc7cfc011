#pragma once

#include <cstdint>
#include <optional>

#include "acme/document.h"
#include "acme/server.h"
#include "net/loop.h"
#include "net/pool.h"

namespace pforte::acme {

// Looks for a proof by http-01 (RFC 8555, 8.3): the page of the token at `port` of the name, by each of its addresses
// until one is reached, for 10 s at most. Redirects are not followed: they would lead us wherever a client wants. None:
// it is there. Else why not, with its type. Never fails.
net::Task<std::optional<Problem>> look_for_proof(net::Loop& loop, net::Pool& pool, Lookup lookup, std::uint16_t port);

}  // namespace pforte::acme
