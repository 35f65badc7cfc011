#include "identity/ldap_server.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "net/address.h"

namespace pforte::identity {
namespace {

constexpr std::string_view kPlain = "ldap://";
constexpr std::string_view kSealed = "ldaps://";

void refuse(conf::Problems& problems, const conf::Text& url, const Message& why, Message remedy) {
  problems.error(url.place, "conf.ldap.server",
                 {cat("server \"", url.value, "\" ", why.en), cat("Server \"", url.value, "\" ", why.de)},
                 std::move(remedy));
}

Message write(std::string_view form) {
  return {cat("write \"", form, '"'), cat("schreiben: \"", form, '"')};
}

bool is_name(std::string_view host) {
  bool letters = std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
  return letters && !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         !host.contains("..");
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  bool good = error == std::errc() && end == text.data() + text.size() && port != 0;
  return good ? std::optional(port) : std::nullopt;
}

// "host", "host:port", "[v6]", "[v6]:port".
bool read_authority(std::string_view text, LdapServer& server) {
  bool bracketed = text.starts_with('[');
  std::size_t end = bracketed ? text.find(']') : text.find(':');
  if (bracketed && end == std::string_view::npos) return false;
  server.host = lowered(bracketed ? text.substr(1, end - 1) : text.substr(0, end));
  text.remove_prefix(std::min(bracketed ? end + 1 : end, text.size()));
  bool good_host = bracketed ? server.host.contains(':') && net::parse_ip(server.host) : is_name(server.host);
  if (!good_host) return false;

  server.port = server.tls ? 636 : 389;
  if (text.empty()) return true;
  std::optional<std::uint16_t> port = text.starts_with(':') ? parse_port(text.substr(1)) : std::nullopt;
  server.port = port.value_or(0);
  return port.has_value();
}

}  // namespace

std::string LdapServer::url() const {
  bool v6 = host.contains(':');
  return cat(tls ? kSealed : kPlain, v6 ? "[" : "", host, v6 ? "]:" : ":", port);
}

bool LdapServer::is_loopback() const {
  if (host == "localhost") return true;
  Result<net::Address> ip = net::parse_ip(host);
  if (!ip) return false;
  if (ip->is_v4()) return ip->ip()[12] == 127;
  return ip->ip_text() == "::1";
}

std::optional<LdapServer> read_ldap_server(const conf::Text& url, conf::Problems& problems) {
  LdapServer server;
  std::string_view rest = url.value;
  std::string scheme = lowered(rest.substr(0, std::min(rest.find("://"), rest.size())));
  server.tls = scheme == "ldaps";
  if (!rest.contains("://") || (scheme != "ldap" && scheme != "ldaps")) {
    bool bare = !rest.empty() && !rest.contains("://");
    refuse(problems, url, {"has no scheme that we speak", "hat kein Schema, das wir sprechen"},
           write(bare ? cat(kSealed, rest) : "ldaps://dc1.example.com"));
    return std::nullopt;
  }
  std::string_view prefix = server.tls ? kSealed : kPlain;
  rest.remove_prefix(prefix.size());

  if (std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    // What stands before it may be a password, and messages end in logs.
    refuse(problems, {cat(prefix, "...", rest.substr(at)), url.place},
           {"carries a name or password", "enthält Namen oder Passwort"},
           {"name the account with bind_dn and bind_password_file",
            "das Konto mit bind_dn und bind_password_file angeben"});
    return std::nullopt;
  }
  std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  if (path != rest.size() && rest.substr(path) != "/") {
    refuse(problems, url, {"says more than a server", "sagt mehr als einen Server"},
           {cat("write \"", prefix, rest.substr(0, path), "\"; where to search is said by base and user_filter"),
            cat("schreiben: \"", prefix, rest.substr(0, path), "\"; wo gesucht wird, sagen base und user_filter")});
    return std::nullopt;
  }
  if (!read_authority(rest.substr(0, path), server)) {
    refuse(problems, url,
           {"has no valid host name, address or port", "hat keinen gültigen Hostnamen, Adresse oder Port"},
           {"write a name or an address, IPv6 in brackets, and a port if it is another: \"ldaps://[fd00::1]:1636\"",
            "Namen oder Adresse schreiben, IPv6 in Klammern, und den Port, wenn er abweicht: "
            "\"ldaps://[fd00::1]:1636\""});
    return std::nullopt;
  }
  return server;
}

}  // namespace pforte::identity
