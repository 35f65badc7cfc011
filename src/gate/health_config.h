#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "conf/reader.h"
#include "gate/server_config.h"

namespace pforte::gate {

// What a server has to do to pass.
enum class HealthKind : std::uint8_t {
  Http,  // answers a request
  Tcp,   // takes a connection
  Tls,   // takes one and shows a certificate that holds
};
std::string_view name_of(HealthKind kind);  // as in the configuration: "http", "tcp", "tls"

// How we ask a server whether it is well: `health = { ... }` of a backend.
struct HealthConfig {
  HealthKind kind = HealthKind::Http;

  // Http: path and query asked for with GET.
  std::string path;

  // Time between the end of one check and the next, give or take a tenth. 100 ms to 1 h.
  std::chrono::milliseconds every = std::chrono::seconds(5);

  // Longest duration of a check, connecting included. 10 ms to 5 min.
  std::chrono::milliseconds timeout = std::chrono::seconds(3);

  // How many checks in a row must say otherwise before the verdict changes: passed ones for a server that is down,
  // failed ones for one that is up. The first check of a server decides alone. 1 to 100.
  unsigned rise = 2;
  unsigned fall = 3;

  // Http: the answer is well when its status is in this range, both ends included: expect = 204 or "200-399".
  unsigned expect_from = 200;
  unsigned expect_to = 399;

  // Http: what the first 64 KiB of the answer must contain. Empty: anything.
  std::string body;

  // Http: Host header of the check. Empty: the server's own host and port.
  std::string host;
};

// Reads it, for a backend of these servers. What is wrong goes to the reader's problems.
HealthConfig read_health_config(conf::Reader keys, std::span<const ServerConfig> servers);

}  // namespace pforte::gate
