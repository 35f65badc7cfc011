#include "gate/passthrough_config.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "gate/host_config.h"
#include "gate/network_config.h"
#include "net/address.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

bool is_ip(std::string_view host) {
  return host.starts_with('[') || net::parse_ip(host).has_value();
}

std::vector<conf::Text> read_asked_hosts(conf::Reader& keys) {
  std::vector<conf::Text> hosts = read_hosts_config(keys, HostsOf::Passthrough);
  for (const conf::Text& host : hosts) {
    if (!is_ip(host.value)) continue;
    keys.problems().error(host.place, "conf.passthrough.address",
                          {cat("\"", host.value, "\" is an address: no client asks for it by name"),
                           cat("\"", host.value, "\" ist eine Adresse: kein Client fragt namentlich danach")},
                          {"write the host name that clients connect to; who comes by address names none",
                           "den Hostnamen schreiben, mit dem sich Clients verbinden; wer über die Adresse kommt, nennt "
                           "keinen"});
  }
  return hosts;
}

std::vector<ServerConfig> read_tcp_servers(conf::Reader& keys) {
  bool missing = !keys.has("servers");
  std::optional<std::vector<conf::Text>> texts = keys.texts("servers");
  if (missing || (texts && texts->empty())) {
    keys.problems().error(keys.place_of("servers"), "conf.passthrough.no-server",
                          {"the passthrough has no server", "die Durchleitung hat keinen Server"},
                          {"add servers = [\"10.0.0.5:443\"]", "servers = [\"10.0.0.5:443\"] ergänzen"});
  }
  std::vector<ServerConfig> servers;
  if (!texts) return servers;
  for (const conf::Text& text : *texts) {
    std::optional<ServerConfig> server = read_tcp_server_config(text, keys.problems());
    if (server) servers.push_back(*std::move(server));
  }
  return servers;
}

}  // namespace

PassthroughConfig read_passthrough_config(conf::Reader keys) {
  constexpr std::array<std::string_view, 2> kProxyProtocols = {"off", "v2"};
  PassthroughConfig config;
  config.place = keys.place();
  config.hosts = read_asked_hosts(keys);
  config.servers = read_tcp_servers(keys);
  config.listeners = keys.texts("listeners").value_or(std::vector<conf::Text>());
  config.proxy_header = keys.choice_or("proxy_protocol", 0, kProxyProtocols) == 1;
  config.http2 = keys.flag_or("http2", config.http2);
  config.from = read_networks_config(keys, "from");
  config.connect_time = keys.duration_or("connect_time", config.connect_time, {10ms, 5min});
  config.idle = keys.duration_or("idle", config.idle, {1s, 7 * 24h});
  config.connections = keys.number_or("connections", config.connections, {0, 10'000'000});
  keys.end();
  return config;
}

}  // namespace pforte::gate
