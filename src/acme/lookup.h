#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "acme/document.h"
#include "acme/server.h"
#include "net/loop.h"
#include "net/pool.h"
#include "net/resolver.h"

namespace pforte::acme {

// Where and how long one looks.
struct LookupWay {
  std::uint16_t port = 80;
  net::Duration limit = std::chrono::seconds(10);
  std::function<Result<std::vector<net::Address>>(const std::string&, std::uint16_t)> addresses = net::look_up;
};

// Looks for a proof by http-01 (RFC 8555, 8.3): the page of the token at the port of the name, by each of its addresses
// until one is reached. Waiting until a thread of the pool is free does not count into the limit. Redirects are not
// followed: they would lead us wherever a client wants. None: it is there. Else why not, with its type. Never fails.
net::Task<std::optional<Problem>> look_for_proof(net::Loop& loop, net::Pool& pool, const Lookup& lookup, LookupWay way);

}  // namespace pforte::acme
