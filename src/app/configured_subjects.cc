#include "app/configured_subjects.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "crypto/pem.h"

namespace pforte::app {
namespace {

using doctor::PathSubject;
using doctor::Scheme;

// The gate is no browser: it judges as OpenSSL does.
std::vector<pki::ClientKind> gate_itself() {
  return {pki::ClientKind::OpenSsl};
}

bool is_any(const net::Address& address) {
  std::string ip = address.ip_text();
  return ip == "0.0.0.0" || ip == "::";
}

// From us, too, so that it understands nothing else.
bool wants_proxy_header(const gate::ListenerConfig& listener) {
  return std::ranges::any_of(listener.proxy_protocol_from, [&](const net::Network& network) {
    return network.contains(reachable(listener.address));
  });
}

// A URL that has another scheme than HTTP's, or nothing but host and port.
struct BareScheme {
  std::string_view prefix;
  std::uint16_t port;
  bool tls;
};
constexpr auto kBareSchemes = std::to_array<BareScheme>(
    {{"ldaps://", 636, true}, {"ldap://", 389, false}, {"smtps://", 465, true}, {"smtp://", 25, false}});

// None: it is none of these, which the configuration would have refused.
std::optional<PathSubject> subject_of_bare(std::string_view url) {
  for (const BareScheme& known : kBareSchemes) {
    if (!url.starts_with(known.prefix)) continue;
    std::string authority(url.substr(known.prefix.size()));
    authority.resize(std::min(authority.find('/'), authority.size()));
    auto read = doctor::read_host_port(authority);
    if (!read) read = doctor::read_host_port(cat(authority, ':', known.port));
    if (!read) return std::nullopt;
    return PathSubject{.destination = *std::move(read), .judges = {}, .tcp_only = !known.tls, .typed = false};
  }
  return std::nullopt;
}

class Outward {
 public:
  Outward(const PathView& view, ConfiguredTrust& trust) : view_(view), trust_(trust) {}

  Answer<void> add_directory(const identity::LdapConfig& ldap) {
    for (const conf::Text& server : ldap.servers) {
      std::optional<PathSubject> subject = subject_of_bare(server.value);
      if (!subject) continue;
      std::string store = ldap.trust ? ldap.trust->value : "system";
      subject->judges = TRY(judges(store, ldap.trust_password_file));
      found_.push_back({.name = "LDAP", .subject = *std::move(subject)});
    }
    return {};
  }

  Answer<void> add_url(const std::string& name, std::string_view url, const std::string& store) {
    auto read = doctor::read_url(url);
    if (!read) return {};
    PathSubject subject{.destination = *std::move(read), .judges = TRY(judges(store, std::nullopt)), .typed = false};
    subject.destination.via = view_.via;
    found_.push_back({.name = name, .subject = std::move(subject)});
    return {};
  }

  Answer<void> add_alarm(const gate::AlarmConfig& alarm) {
    std::string store = alarm.trust ? alarm.trust->value : "system";
    if (alarm.webhook) {
      // Who knows the rest of it may post there.
      const std::string& url = alarm.webhook->value;
      std::size_t host = url.find("//");
      std::size_t path = host == std::string::npos ? host : url.find_first_of("/?", host + 2);
      TRY(add_url("webhook", url.substr(0, path), store));
    }
    if (!alarm.mail) return {};
    std::optional<PathSubject> subject = subject_of_bare(alarm.mail->server.value);
    if (!subject) return {};
    subject->judges = TRY(judges(store, std::nullopt));
    found_.push_back({.name = "mail", .subject = *std::move(subject)});
    return {};
  }

  std::vector<OutwardSubject> take() { return std::move(found_); }

 private:
  Answer<doctor::Judges> judges(const std::string& store, const std::optional<conf::Text>& password_file) {
    doctor::Judges made{.trust = {}, .clients = gate_itself(), .proxy_trust = view_.judges.proxy_trust};
    made.trust.push_back(TRY(trust_.read(store, password_file)));
    return made;
  }

  const PathView& view_;
  ConfiguredTrust& trust_;
  std::vector<OutwardSubject> found_;
};

// "[::1]" is how a site's host names an address (RFC 3986, 3.2.2); an address has no brackets elsewhere.
std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

// Those of the preset of the site that has this host, if it has one.
std::span<const std::string_view> context_paths_of(const gate::Config& config, const std::string& host) {
  for (const gate::SiteConfig& site : config.sites) {
    bool serves = std::ranges::find(site.hosts, host, &conf::Text::value) != site.hosts.end();
    if (serves && site.preset != nullptr) return site.preset->paths;
  }
  return {};
}

}  // namespace

const gate::ListenerConfig* listener_for_sites(const gate::Config& config) {
  auto serves = [](const gate::ListenerConfig& one) { return !one.redirect_to_https; };
  auto tls = std::ranges::find_if(config.listeners, &gate::ListenerConfig::tls);
  if (tls != config.listeners.end()) return &*tls;
  auto any = std::ranges::find_if(config.listeners, serves);
  return any == config.listeners.end() ? nullptr : &*any;
}

Answer<std::shared_ptr<const pki::TrustStore>> ConfiguredTrust::read(const std::string& store,
                                                                     const std::optional<conf::Text>& password_file) {
  std::shared_ptr<const pki::TrustStore>& place = read_[store];
  if (place) return place;
  std::optional<Secret> password;
  if (password_file) password.emplace(TRY(in_file(password_file->value, crypto::read_password(password_file->value))));
  place = std::make_shared<const pki::TrustStore>(TRY(in_file(store, pki::read_trust_store(store, password))));
  return place;
}

net::Address reachable(const net::Address& listener) {
  if (!is_any(listener)) return listener;
  return net::parse_ip("127.0.0.1", listener.port()).value_or(listener);  // [::] takes IPv4 as well
}

std::optional<doctor::GateSubject> subject_of_host(const gate::Config& config, const PathView& view,
                                                   const std::string& host) {
  const gate::ListenerConfig* listener = listener_for_sites(config);
  if (listener == nullptr) return std::nullopt;
  bool made_up = host.starts_with('*');
  std::string name = host == "*" ? "localhost"
                     : made_up   ? cat("pforte-doctor", host.substr(1))
                                 : without_brackets(host);
  PathSubject site{.destination = {.scheme = listener->tls ? Scheme::Https : Scheme::Http,
                                   .host = std::move(name),
                                   .port = listener->address.port(),
                                   .path = "/.pforte/health",
                                   .at = reachable(listener->address)},
                   .judges = view.judges,
                   .hop = 1,
                   .tcp_only = wants_proxy_header(*listener),
                   .context_paths = context_paths_of(config, host)};
  return doctor::GateSubject{
      .site = std::move(site), .has_name = !made_up, .serve = cat("pforte serve --config ", config.file)};
}

Answer<PathSubject> subject_of_server(const gate::BackendConfig& backend, const gate::ServerConfig& server,
                                      ConfiguredTrust& trust) {
  PathSubject subject{
      .destination = {.scheme = server.tls ? Scheme::Https : Scheme::Http, .host = server.host, .port = server.port},
      .judges = {.trust = {}, .clients = gate_itself(), .proxy_trust = {}},
      .needs_http1 = backend.connection_sign_in,
      .server_name = backend.server_name,
      .tcp_only = backend.protocol == gate::Protocol::Http2Clear,
      .typed = false};
  if (backend.health && !backend.health->path.empty()) {
    subject.destination.path = backend.health->path;
    subject.healthy = {.from = int(backend.health->expect_from), .to = int(backend.health->expect_to)};
  }
  if (server.tls) subject.judges.trust.push_back(TRY(trust.read(backend.trust.value, backend.trust_password_file)));
  return subject;
}

doctor::GateSubject subject_of_listener(const gate::Config& config, const gate::ListenerConfig& listener) {
  net::Address at = reachable(listener.address);
  PathSubject site{.destination = {.host = at.ip_text(), .port = at.port(), .at = at},
                   .judges = {},
                   .hop = 1,
                   .tcp_only = true,
                   .typed = false};
  return {.site = std::move(site), .has_name = false, .serve = cat("pforte serve --config ", config.file)};
}

PathSubject subject_of_passed(const PathView& view, const gate::PassthroughConfig& passthrough,
                              const gate::ServerConfig& server, const std::string& host) {
  return {.destination = {.scheme = Scheme::Tls, .host = server.host, .port = server.port, .path = ""},
          .judges = view.judges,
          .server_name = host.starts_with('*') ? std::string() : host,
          .tcp_only = passthrough.proxy_header,  // before which it takes nothing
          .typed = false};
}

Answer<std::vector<OutwardSubject>> outward_subjects(const gate::Config& config, const PathView& view,
                                                     ConfiguredTrust& trust) {
  Outward outward(view, trust);
  if (config.ldap) TRY(outward.add_directory(*config.ldap));
  for (const acme::CaConfig& ca : config.acme)
    TRY(outward.add_url(cat("ACME ", ca.name.value), ca.directory.value, ca.trust.value));
  TRY(outward.add_alarm(config.alarm));
  return outward.take();
}

}  // namespace pforte::app
