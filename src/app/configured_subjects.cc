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

// The store that stands at `key`, for judging `subject`, or why there is none.
void judge_by(ConfiguredTrust& trust, std::string_view key, const conf::Text& store,
              const std::optional<conf::Text>& password_file, PathSubject& subject) {
  auto read = trust.read(store.value, password_file);
  subject.judges.setting = store.place.line == 0 ? std::string(key) : cat(conf::to_text(store.place), ": ", key);
  if (read) {
    subject.judges.trust.push_back(*std::move(read));
    return;
  }
  const Complaint& why = read.error();
  std::string place = conf::to_text(store.place);
  std::string at = why.place.empty() ? "" : cat(why.place, ": ");
  subject.trust_fault = doctor::Finding{
      .check = {},
      .seen = {cat(place, ": the trust store of ", key, " cannot be read: ", at, why.what.en),
               cat(place, ": der Vertrauensspeicher von ", key, " ist nicht lesbar: ", at, why.what.de)},
      .remedy = why.remedy};
}

class Outward {
 public:
  Outward(const PathView& view, ConfiguredTrust& trust) : view_(view), trust_(trust) {}

  void add_directory(const identity::LdapConfig& ldap) {
    for (const conf::Text& server : ldap.servers) {
      std::optional<PathSubject> subject = subject_of_bare(server.value);
      if (!subject) continue;
      subject->judges = judges();
      judge_by(trust_, "[ldap] trust", ldap.trust.value_or(system_store()), ldap.trust_password_file, *subject);
      found_.push_back({.name = "LDAP", .subject = *std::move(subject)});
    }
  }

  void add_url(const std::string& name, std::string_view url, std::string_view key, const conf::Text& store) {
    auto read = doctor::read_url(url);
    if (!read) return;
    PathSubject subject{.destination = *std::move(read), .judges = judges(), .typed = false};
    judge_by(trust_, key, store, std::nullopt, subject);
    subject.destination.via = view_.via;
    found_.push_back({.name = name, .subject = std::move(subject)});
  }

  void add_alarm(const gate::AlarmConfig& alarm) {
    conf::Text store = alarm.trust.value_or(system_store());
    if (alarm.webhook) {
      // Who knows the rest of it may post there.
      const std::string& url = alarm.webhook->value;
      std::size_t host = url.find("//");
      std::size_t path = host == std::string::npos ? host : url.find_first_of("/?", host + 2);
      add_url("webhook", url.substr(0, path), "[alarm] trust", store);
    }
    if (!alarm.mail) return;
    std::optional<PathSubject> subject = subject_of_bare(alarm.mail->server.value);
    if (!subject) return;
    subject->judges = judges();
    judge_by(trust_, "[alarm] trust", store, std::nullopt, *subject);
    found_.push_back({.name = "mail", .subject = *std::move(subject)});
  }

  std::vector<OutwardSubject> take() { return std::move(found_); }

 private:
  static conf::Text system_store() { return {.value = "system", .place = {}}; }

  doctor::Judges judges() const {
    return {.trust = {}, .clients = gate_itself(), .proxy_trust = view_.judges.proxy_trust};
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
                   .context_paths = context_paths_of(config, host),
                   .is_gate = true};
  return doctor::GateSubject{
      .site = std::move(site), .has_name = !made_up, .serve = cat("pforte serve --config ", config.file)};
}

PathSubject subject_of_server(const gate::BackendConfig& backend, const gate::ServerConfig& server,
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
  std::string key = cat("[[backend]] ", backend.name.value, ": trust");
  if (server.tls) judge_by(trust, key, backend.trust, backend.trust_password_file, subject);
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

std::vector<OutwardSubject> outward_subjects(const gate::Config& config, const PathView& view, ConfiguredTrust& trust) {
  Outward outward(view, trust);
  if (config.ldap) outward.add_directory(*config.ldap);
  for (const acme::CaConfig& ca : config.acme)
    outward.add_url(cat("ACME ", ca.name.value), ca.directory.value, cat("[[acme]] ", ca.name.value, ": trust"),
                    ca.trust);
  outward.add_alarm(config.alarm);
  return outward.take();
}

}  // namespace pforte::app
