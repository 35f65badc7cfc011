#include "gate/backend_config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "conf/path.h"
#include "gate/host_config.h"
#include "gate/unsupported_config.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

conf::Text read_name(conf::Reader& keys) {
  conf::Text name = keys.required_text("name");
  bool good = std::ranges::all_of(name.value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
  if (!good) {
    keys.problems().error(name.place, "conf.backend.name",
                          {cat('"', name.value, "\" cannot be the name of a backend"),
                           cat('"', name.value, "\" kann kein Name eines Backends sein")},
                          {"use letters, digits, '-', '_' and '.'; it appears in logs and metrics",
                           "Buchstaben, Ziffern, '-', '_' und '.' verwenden; er steht in Protokollen und Metriken"});
  }
  return name;
}

void refuse_twice(const std::vector<ServerConfig>& servers, const ServerConfig& server, conf::Problems& problems) {
  auto same = [&](const ServerConfig& other) { return other.host == server.host && other.port == server.port; };
  if (std::ranges::none_of(servers, same)) return;
  std::string url = url_of(server);
  problems.error(server.place, "conf.backend.server-twice",
                 {cat("server \"", url, "\" stands here twice"), cat("Server \"", url, "\" steht hier zweimal")},
                 {"remove one of the two", "einen von beiden entfernen"});
}

std::vector<ServerConfig> read_servers(conf::Reader& keys) {
  bool missing = !keys.has("servers");
  auto items = keys.texts_or_tables("servers");
  if (missing || (items && items->empty())) {
    keys.problems().error(
        keys.place_of("servers"), "conf.backend.no-server",
        {"the backend has no server", "das Backend hat keinen Server"},
        {"add servers = [\"http://10.0.0.11:8080\"]", "servers = [\"http://10.0.0.11:8080\"] ergänzen"});
  }
  std::vector<ServerConfig> servers;
  if (!items) return servers;
  for (auto& item : *items) {
    const auto* url = std::get_if<conf::Text>(&item);
    std::optional<ServerConfig> server =
        url ? read_server_config(*url, keys.problems()) : read_server_config(std::get<conf::Reader>(std::move(item)));
    if (!server) continue;
    refuse_twice(servers, *server, keys.problems());
    servers.push_back(*std::move(server));
  }
  if (!servers.empty() && std::ranges::all_of(servers, &ServerConfig::backup)) {
    keys.problems().warning(keys.place_of("servers"), "conf.backend.only-backups",
                            {"every server of the backend is a backup, so backup has no effect",
                             "jeder Server des Backends ist Reserve, backup bleibt also ohne Wirkung"},
                            {"remove backup = true from those that serve as a rule",
                             "backup = true bei denen entfernen, die in der Regel bedienen"});
  }
  return servers;
}

std::chrono::milliseconds read_longest_ejection(conf::Reader& keys, const BackendConfig& config) {
  bool said = keys.has("eject_time_max");
  std::chrono::milliseconds most = keys.duration_or("eject_time_max", config.eject_time_max, {100ms, 1h});
  if (said && most < config.eject_time) {
    keys.problems().error(keys.place_of("eject_time_max"), "conf.backend.eject-time-max",
                          {"eject_time_max is shorter than eject_time", "eject_time_max ist kürzer als eject_time"},
                          {"write the longer of the two as eject_time_max; equal, the time never grows",
                           "die längere Zeit als eject_time_max schreiben; sind beide gleich, wächst sie nie"});
  }
  return std::max(most, config.eject_time);
}

conf::Text read_trust(conf::Reader& keys, const BackendConfig& config) {
  std::optional<conf::Text> trust = keys.text("trust");
  if (!trust || trust->value == "system") return trust.value_or(config.trust);

  bool is_file = trust->value.find_first_of("/.") != std::string::npos;
  if (is_file) return conf::resolved(*std::move(trust));
  refuse_unsupported(
      keys, "trust",
      {cat("use the trust store \"", trust->value, "\" (only \"system\", files and folders)"),
       cat("den Vertrauensspeicher \"", trust->value, "\" nicht verwenden (nur \"system\", Dateien und Ordner)")});
  return config.trust;
}

// Keys that only https servers give a meaning to.
void check_tls_keys(const conf::Reader& keys, const BackendConfig& config) {
  if (config.servers.empty() || std::ranges::any_of(config.servers, &ServerConfig::tls)) return;
  for (std::string_view key : {"trust", "trust_password_file", "server_name"}) {
    if (!keys.has(key)) continue;
    keys.problems().warning(keys.place_of(key), "conf.backend.no-tls",
                            {cat(key, " has no effect: no server of this backend is https://"),
                             cat(key, " bleibt ohne Wirkung: kein Server dieses Backends ist https://")},
                            {cat("remove ", key, ", or write https:// if the servers speak TLS"),
                             cat(key, " entfernen, oder https:// schreiben, wenn die Server TLS sprechen")});
  }
}

void refuse_protocol(const conf::Reader& keys, const Message& why, Message remedy) {
  keys.problems().error(keys.place_of("protocol"), "conf.backend.protocol", why, std::move(remedy));
}

Protocol read_protocol(conf::Reader& keys) {
  constexpr std::array<std::string_view, 4> kNames = {"http/1.1", "h2", "h2c", "auto"};
  return static_cast<Protocol>(keys.choice_or("protocol", 0, kNames));
}

// What cannot be: HTTP/2 over TLS without TLS, and the other way round.
void check_protocol(const conf::Reader& keys, const BackendConfig& config) {
  bool some_tls = std::ranges::any_of(config.servers, &ServerConfig::tls);
  bool all_tls = std::ranges::all_of(config.servers, &ServerConfig::tls);
  if (config.protocol == Protocol::Http2 && !all_tls) {
    refuse_protocol(keys,
                    {"protocol \"h2\" is HTTP/2 over TLS, but a server of this backend is http://",
                     "protocol \"h2\" ist HTTP/2 über TLS, aber ein Server dieses Backends ist http://"},
                    {"write https:// if the server speaks TLS, else protocol = \"h2c\"",
                     "https:// schreiben, wenn der Server TLS spricht, sonst protocol = \"h2c\""});
  }
  if (config.protocol == Protocol::Http2Clear && some_tls) {
    refuse_protocol(keys,
                    {"protocol \"h2c\" is HTTP/2 without TLS, but a server of this backend is https://",
                     "protocol \"h2c\" ist HTTP/2 ohne TLS, aber ein Server dieses Backends ist https://"},
                    {"write protocol = \"h2\", or http:// if the server speaks no TLS",
                     "protocol = \"h2\" schreiben, oder http://, wenn der Server kein TLS spricht"});
  }
  if (config.protocol == Protocol::Auto && !some_tls && !config.servers.empty()) {
    refuse_protocol(
        keys,
        {"protocol \"auto\" lets a server choose by ALPN, which is part of TLS, but all servers are http://",
         "protocol \"auto\" lässt den Server über ALPN wählen, einen Teil von TLS, aber alle Server sind "
         "http://"},
        {"write \"h2c\" or \"http/1.1\", whichever the servers speak",
         "\"h2c\" oder \"http/1.1\" schreiben, je nachdem, was die Server sprechen"});
  }
  if (config.connection_sign_in && config.protocol != Protocol::Http1) {
    refuse_protocol(keys,
                    {"connection_sign_in needs a connection for each client, which HTTP/2 does not have",
                     "connection_sign_in braucht eine Verbindung je Client, die es bei HTTP/2 nicht gibt"},
                    {"write protocol = \"http/1.1\", the default: Negotiate and NTLM need it",
                     "protocol = \"http/1.1\" schreiben, die Voreinstellung: Negotiate und NTLM brauchen es"});
  }
}

}  // namespace

BackendConfig read_backend_config(conf::Reader keys) {
  constexpr std::array<std::string_view, 3> kProfiles = {"generic", "tomcat", "iis"};

  BackendConfig config;
  config.place = keys.place();
  config.name = read_name(keys);
  config.servers = read_servers(keys);
  config.protocol = read_protocol(keys);
  config.balance = read_balance_config(keys);
  config.sticky = read_sticky_config(keys, config.name.value);
  check_routes(config.servers, config.sticky, keys.problems());
  config.trust = read_trust(keys, config);
  if (std::optional<conf::Text> file = keys.text("trust_password_file"))
    config.trust_password_file = conf::resolved(*std::move(file));
  if (std::optional<conf::Reader> identity = keys.table("identity"))
    config.identity = read_identity_config(*std::move(identity));
  config.connection_sign_in = keys.flag_or("connection_sign_in", false);
  config.server_name = lowered(keys.text("server_name").value_or(conf::Text()).value);
  if (std::optional<conf::Reader> health = keys.table("health"))
    config.health = read_health_config(*std::move(health), config.servers);
  std::size_t profile = keys.choice_or("path_profile", 0, kProfiles);
  config.path_profile = policy::profile_named(kProfiles[profile]).value_or(policy::PathProfile::Generic);
  config.connect_time = keys.duration_or("connect_time", config.connect_time, {10ms, 5min});
  config.look_up_every = keys.duration_or("look_up_every", config.look_up_every, {1s, 1h});
  config.answer_time = keys.duration_or("answer_time", config.answer_time, {100ms, 24h});
  config.retries = static_cast<unsigned>(keys.number_or("retries", config.retries, {0, 10}));
  config.idle_connections = keys.number_or("idle_connections", config.idle_connections, {0, 10'000});
  config.eject_after = static_cast<unsigned>(keys.number_or("eject_after", config.eject_after, {0, 1000}));
  config.eject_time = keys.duration_or("eject_time", config.eject_time, {100ms, 1h});
  config.eject_time_max = read_longest_ejection(keys, config);
  keys.end();

  if (!config.server_name.empty() && !is_host_name(config.server_name)) {
    keys.problems().error(
        keys.place_of("server_name"), "conf.backend.server-name",
        {cat('"', config.server_name, "\" is not a host name"), cat('"', config.server_name, "\" ist kein Hostname")},
        {"write the name in the certificate, without scheme and port",
         "den Namen aus dem Zertifikat schreiben, ohne Schema und Port"});
  }
  check_tls_keys(keys, config);
  check_protocol(keys, config);
  return config;
}

}  // namespace pforte::gate
