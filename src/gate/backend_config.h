#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"
#include "gate/balance_config.h"
#include "gate/health_config.h"
#include "gate/identity_config.h"
#include "gate/server_config.h"
#include "gate/sticky_config.h"
#include "policy/path.h"

namespace pforte::gate {

// How servers are spoken to: HTTP/1.1; HTTP/2 over TLS; HTTP/2 over TCP, known beforehand (RFC 9113, 3.3); or over TLS
// whatever a server chooses, and HTTP/1.1 over TCP.
enum class Protocol : std::uint8_t { Http1, Http2, Http2Clear, Auto };

// An application behind the gate: a `[[backend]]` block of pforte.toml(5).
struct BackendConfig {
  conf::Place place;

  // What sites call it.
  conf::Text name;

  // At least one.
  std::vector<ServerConfig> servers;

  Protocol protocol = Protocol::Http1;

  // Who gets the next request.
  BalanceConfig balance;

  // Whether a client stays at the server it came to first, and how it is known again. None: it does not.
  std::optional<StickyConfig> sticky;

  // Whom we trust to vouch for https servers: "system", or a trust store of any form (path already resolved).
  conf::Text trust{.value = "system", .place = {}};

  // File whose first line is the password of the trust store, resolved.
  std::optional<conf::Text> trust_password_file;

  // Name that an https server's certificate must carry, and the SNI sent. Empty: the host of its URL.
  std::string server_name;

  // Active checks. None: a server is judged by what its requests come to.
  std::optional<HealthConfig> health;

  // How it is told who the agent is.
  IdentityConfig identity;

  // The application itself signs people in by Negotiate or NTLM, which holds for a connection: each client has one of
  // its own to this backend. Nobody signs in at the gate there.
  bool connection_sign_in = false;

  // How the application reads paths, so that the gate decides on the same path.
  policy::PathProfile path_profile = policy::PathProfile::Generic;

  // Longest wait for a connection, TLS included. 10 ms to 5 min.
  std::chrono::milliseconds connect_time = std::chrono::seconds(5);

  // How often the names of servers are looked up again. 1 s to 1 h.
  std::chrono::milliseconds look_up_every = std::chrono::seconds(30);

  // Longest silence while an answer is awaited or under way, and while a request is being sent. 100 ms to 24 h.
  std::chrono::milliseconds answer_time = std::chrono::seconds(60);

  // How many further attempts an idempotent request gets when nothing of an answer has arrived. 0 to 10.
  unsigned retries = 1;

  // Connections kept open for the next request, per worker and server. 0 to 10000.
  std::size_t idle_connections = 256;

  // A server gets no requests for `eject_time` once this many attempts in a row failed (no connection, no
  // answer, garbage). 0: never. At most 1000.
  unsigned eject_after = 5;

  // The first time; each further ejection in a row takes twice as long, up to `eject_time_max`. Both 100 ms to 1 h.
  std::chrono::milliseconds eject_time = std::chrono::seconds(10);
  std::chrono::milliseconds eject_time_max = std::chrono::minutes(5);
};

// Reads one `[[backend]]`. What is wrong goes to the reader's problems.
BackendConfig read_backend_config(conf::Reader keys);

}  // namespace pforte::gate
