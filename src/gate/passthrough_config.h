#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "conf/reader.h"
#include "gate/server_config.h"
#include "net/network.h"

namespace pforte::gate {

// Host names whose TLS we do not end: a `[[passthrough]]` block of pforte.toml(5). The connection of a client that asks
// for one of them (SNI) is carried to a server as it is.
struct PassthroughConfig {
  conf::Place place;

  // Lower case, as a site's: exact names come before "*.x.example", and that before "*". Never an address, since
  // clients name none (RFC 6066, 3).
  std::vector<conf::Text> hosts;

  // At least one. They get connections in turn, and who does not answer is passed over.
  std::vector<ServerConfig> servers;

  // Addresses of the TLS listeners where it holds. Empty: of all.
  std::vector<conf::Text> listeners;

  // Whether a connection to a server begins with a PROXY header of version 2, which tells it who the client is.
  bool proxy_header = false;

  // Whether the servers offer HTTP/2. We cannot see it, and believe what stands here.
  bool http2 = true;

  // Clients that may; all others are answered as if nobody had the name. Empty: everybody may.
  std::vector<net::Network> from;

  // Longest wait for a connection to one server. 10 ms to 5 min.
  std::chrono::milliseconds connect_time = std::chrono::seconds(5);

  // Longest silence in both directions. 1 s to 7 d.
  std::chrono::milliseconds idle = std::chrono::hours(1);

  // Most connections at once, over all workers; 0: as many as there are clients.
  std::size_t connections = 0;
};

// Reads one `[[passthrough]]`. What is wrong goes to the reader's problems.
PassthroughConfig read_passthrough_config(conf::Reader keys);

}  // namespace pforte::gate
