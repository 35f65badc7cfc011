#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "conf/problem.h"
#include "conf/reader.h"

namespace pforte::gate {

// One server of a backend: its URL, or `{ url = ..., weight = ... }`; or of a passthrough.
struct ServerConfig {
  conf::Place place;
  bool tls = false;        // https://
  std::string host;        // name or address, lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;  // 80 or 443 where the URL has none
  bool bare = false;       // of a passthrough: we speak neither HTTP nor TLS to it

  // Its share of the requests, beside those of the others. 1 to 256.
  unsigned weight = 1;
  // It gets requests only while no other server is available.
  bool backup = false;
  // How many requests it gets at once, from all workers. 0: any number. At most 1,000,000.
  unsigned max_requests = 0;
  // How its session ids end, behind a '.': Tomcat's jvmRoute. Empty: not at all.
  std::string route = {};
};

// "http://10.0.0.11:8080": always with its port.
std::string url_of(const ServerConfig& server);

// Reads "http://10.0.0.11:8080". When it is not the URL of a server, says so and returns none.
std::optional<ServerConfig> read_server_config(const conf::Text& url, conf::Problems& problems);

// Reads `{ url = "http://10.0.0.11:8080", weight = 3 }`, likewise.
std::optional<ServerConfig> read_server_config(conf::Reader keys);

// Reads "10.0.0.5:443", which needs its port. When it is no host and port, says so and returns none.
std::optional<ServerConfig> read_tcp_server_config(const conf::Text& text, conf::Problems& problems);

}  // namespace pforte::gate
