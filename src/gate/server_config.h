#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conf/problem.h"

namespace pforte::gate {

// One server of a backend, from its URL.
struct ServerConfig {
  conf::Place place;
  bool tls = false;        // https://
  std::string host;        // name or address, lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  // 80 or 443 where the URL has none
};

// Reads "http://10.0.0.11:8080". When it is not the URL of a server, says so and returns none.
std::optional<ServerConfig> read_server_config(const conf::Text& url, conf::Problems& problems);

}  // namespace pforte::gate
