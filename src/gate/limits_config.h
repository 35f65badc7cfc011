#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "conf/reader.h"

namespace pforte::gate {

// The limits that can differ from site to site: they take effect once the head of a request is read.
// `[site.limits]` of pforte.toml(5); what a site leaves out it takes from `[limits]`.
struct RequestLimits {
  // Largest request body in bytes; 0: unlimited. Bodies are streamed either way. A rule may set its own.
  std::uint64_t body = 0;

  // Longest wait for the next piece of a request body. 1 s to 1 h.
  std::chrono::milliseconds body_time = std::chrono::seconds(30);

  // Bytes a second that a request body must average once `body_time` has passed; 0: any speed will do.
  std::uint64_t body_rate = 240;

  // Longest silence, in both directions, of a connection that was upgraded (WebSocket). 1 s to 7 d.
  std::chrono::milliseconds tunnel_idle = std::chrono::hours(1);
};

// What a client may cost us: `[limits]` of pforte.toml(5). Sizes in bytes.
struct Limits {
  // Largest head of a request (request line and headers), the value of Authorization not counted. 1 KiB to 1 MiB.
  std::size_t head = 32UZ << 10;

  // Largest value of Authorization, on top of `head`: a Kerberos ticket with many groups is long, and a third longer as
  // Base64: 64 KiB are 48 kB of ticket. 1 KiB to 1 MiB.
  std::size_t authorization = 64UZ << 10;

  // Longest request line. 256 B to 256 KiB, at most `head`.
  std::size_t request_line = 16UZ << 10;

  // Most headers of a request. 10 to 1000.
  unsigned headers = 100;

  // How long a kept-alive connection may wait for its next request. 1 s to 1 h.
  std::chrono::milliseconds idle = std::chrono::seconds(75);

  // Longest time from the first byte of a request to the end of its head. 1 s to 5 min.
  std::chrono::milliseconds head_time = std::chrono::seconds(15);

  // Longest time for a TLS handshake, PROXY header included. 1 s to 5 min.
  std::chrono::milliseconds handshake_time = std::chrono::seconds(10);

  // Most requests at once over one connection; HTTP/2 only. 1 to 1000.
  unsigned streams = 100;

  // Most client connections at once, over all workers; 0: what the limit of open files allows.
  std::size_t connections = 0;

  // How long requests and tunnels under way may go on after SIGTERM. 0 s to 1 h.
  std::chrono::milliseconds drain = std::chrono::seconds(30);

  // For requests to sites that do not say otherwise.
  RequestLimits request;
};

// Reads `[limits]`. What is wrong goes to the reader's problems, and the default stands in its place.
Limits read_limits_config(conf::Reader keys);

// Reads `[site.limits]` over what `[limits]` said.
RequestLimits read_request_limits_config(conf::Reader keys, const RequestLimits& inherited);

}  // namespace pforte::gate
