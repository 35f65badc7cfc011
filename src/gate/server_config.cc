#include "gate/server_config.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "gate/host_config.h"
#include "net/address.h"

namespace pforte::gate {
namespace {

void refuse(conf::Problems& problems, const conf::Text& url, const Message& why, Message remedy) {
  problems.error(url.place, "conf.backend.server",
                 {cat("server \"", url.value, "\" ", why.en), cat("Server \"", url.value, "\" ", why.de)},
                 std::move(remedy));
}

Message write_url(std::string_view form) {
  return {cat("write \"", form, '"'), cat("schreiben: \"", form, '"')};
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::string read_route(conf::Reader& keys) {
  conf::Text route = keys.text("route").value_or(conf::Text());
  auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  if (!std::ranges::all_of(route.value, fits)) {
    keys.problems().error(route.place, "conf.backend.route",
                          {cat('"', route.value, "\" cannot be the route of a server"),
                           cat('"', route.value, "\" kann nicht die route eines Servers sein")},
                          {"write the server's jvmRoute: letters, digits, '-' and '_'",
                           "die jvmRoute des Servers angeben: Buchstaben, Ziffern, '-' und '_'"});
  }
  return route.value;
}

struct Authority {
  std::string_view host;  // IPv6 without brackets
  std::optional<std::string_view> port;
};

bool is_host(std::string_view text, std::string_view host) {
  return text.starts_with('[') ? net::parse_ip(host).has_value() : is_host_name(host);
}

std::optional<Authority> cut(std::string_view text) {
  Authority authority;
  std::size_t end = text.starts_with('[') ? text.find(']') : text.find(':');
  if (text.starts_with('[')) {
    if (end == std::string_view::npos) return std::nullopt;
    authority.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    authority.host = text.substr(0, end);
    text.remove_prefix(std::min(end, text.size()));
  }
  if (text.empty()) return authority;
  // A second colon is an IPv6 address without its brackets.
  if (!text.starts_with(':') || text.rfind(':') != 0) return std::nullopt;
  authority.port = text.substr(1);
  return authority;
}

Message no_host() {
  return {"has no valid host name or address", "hat keinen gültigen Hostnamen und keine gültige Adresse"};
}

Message no_port() {
  return {"has no valid port", "hat keinen gültigen Port"};
}

}  // namespace

std::string url_of(const ServerConfig& server) {
  bool bracketed = server.host.contains(':');
  std::string host = bracketed ? cat('[', server.host, ']') : server.host;
  std::string_view scheme = server.bare ? "tcp://" : server.tls ? "https://" : "http://";
  return cat(scheme, host, ':', server.port);
}

std::optional<ServerConfig> read_server_config(const conf::Text& url, conf::Problems& problems) {
  ServerConfig server{.place = url.place, .tls = url.value.starts_with("https://"), .host = {}};
  if (!server.tls && !url.value.starts_with("http://")) {
    bool bare = !url.value.contains("://") && !url.value.empty();
    refuse(problems, url, {"has no scheme that we speak", "hat kein Schema, das wir sprechen"},
           write_url(bare ? cat("http://", url.value) : "http://10.0.0.11:8080"));
    return std::nullopt;
  }
  std::string_view rest = std::string_view(url.value).substr(server.tls ? 8 : 7);
  std::string_view scheme = server.tls ? "https://" : "http://";
  if (std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    // What stands before it may be a password, and messages end in logs.
    conf::Text masked{cat(scheme, "...", rest.substr(at)), url.place};
    refuse(problems, masked, {"carries a user name or password", "enthält Benutzernamen oder Passwort"},
           write_url(cat(scheme, rest.substr(at + 1))));
    return std::nullopt;
  }
  std::size_t path = rest.find_first_of("/?#");
  if (path != std::string_view::npos && rest.substr(path) != "/") {
    refuse(problems, url,
           {"has a path; the path of a request is passed on as it is",
            "hat einen Pfad; der Pfad einer Anfrage wird unverändert weitergegeben"},
           write_url(cat(scheme, rest.substr(0, path))));
    return std::nullopt;
  }
  rest = rest.substr(0, path);

  std::optional<Authority> authority = cut(rest);
  std::string host = authority ? lowered(authority->host) : "";
  if (!authority || !is_host(rest, host)) {
    refuse(problems, url, no_host(),
           {"write a name, an IPv4 address, or an IPv6 address in brackets: \"http://[fd00::1]:8080\"",
            "einen Namen, eine IPv4-Adresse oder eine IPv6-Adresse in Klammern schreiben: \"http://[fd00::1]:8080\""});
    return std::nullopt;
  }
  std::optional<std::uint16_t> port = server.tls ? 443 : 80;
  if (authority->port) port = parse_port(*authority->port);
  if (!port) {
    refuse(problems, url, no_port(), {"a port is a number from 1 to 65535", "ein Port ist eine Zahl von 1 bis 65535"});
    return std::nullopt;
  }
  server.host = std::move(host);
  server.port = *port;
  return server;
}

std::optional<ServerConfig> read_server_config(conf::Reader keys) {
  conf::Text url = keys.required_text("url");
  // An empty one has been told.
  std::optional<ServerConfig> server = url.value.empty() ? std::nullopt : read_server_config(url, keys.problems());
  ServerConfig config = server.value_or(ServerConfig());
  config.weight = static_cast<unsigned>(keys.number_or("weight", config.weight, {1, 256}));
  config.backup = keys.flag_or("backup", config.backup);
  config.max_requests = static_cast<unsigned>(keys.number_or("max_requests", config.max_requests, {0, 1'000'000}));
  config.route = read_route(keys);
  keys.end();
  return server ? std::optional(config) : std::nullopt;
}

std::optional<ServerConfig> read_tcp_server_config(const conf::Text& text, conf::Problems& problems) {
  std::string_view rest = text.value;
  if (std::size_t scheme = rest.find("://"); scheme != std::string_view::npos) {
    std::string_view place = rest.substr(scheme + 3);
    refuse(problems, text,
           {"has a scheme; what clients send is carried on as it is",
            "hat ein Schema; was Clients senden, wird unverändert weitergegeben"},
           write_url(place.substr(0, place.find('/'))));
    return std::nullopt;
  }
  std::optional<Authority> authority = cut(rest);
  std::string host = authority ? lowered(authority->host) : "";
  if (!authority || !is_host(rest, host)) {
    refuse(problems, text, no_host(),
           {"write a host and a port: \"10.0.0.5:443\", \"[fd00::1]:443\"",
            "Host und Port schreiben: \"10.0.0.5:443\", \"[fd00::1]:443\""});
    return std::nullopt;
  }
  std::optional<std::uint16_t> port = authority->port ? parse_port(*authority->port) : std::nullopt;
  if (!port) {
    std::string_view shown = rest.substr(0, authority->host.size() + (rest.starts_with('[') ? 2 : 0));
    refuse(problems, text, no_port(), write_url(cat(shown, ":443")));
    return std::nullopt;
  }
  ServerConfig server;
  server.place = text.place;
  server.host = std::move(host);
  server.port = *port;
  server.bare = true;
  return server;
}

}  // namespace pforte::gate
