#include "app/configured_subjects.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "crypto/pem.h"
#include "identity/ldap_server.h"
#include "tls/context.h"

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

// From this machine, too, so that it understands nothing else.
bool wants_proxy_header(const gate::ListenerConfig& listener) {
  // To an address of its own a machine comes from that one; to any of 127.0.0.0/8 from 127.0.0.1.
  net::Address from = reachable(listener.address);
  if (from.is_loopback() && from.is_v4()) from = net::parse_ip("127.0.0.1", from.port()).value_or(from);
  return std::ranges::any_of(listener.proxy_protocol_from,
                             [&](const net::Network& network) { return network.contains(from); });
}

// As whoever comes from this machine has to speak there: where load balancers alone begin with a PROXY header, as a
// client that comes by itself.
void expect_proxy_header(const gate::ListenerConfig& listener, doctor::GateSubject& subject) {
  if (listener.proxy_protocol_from.empty()) return;
  bool ours = wants_proxy_header(listener);
  if (ours) subject.site.destination.preface = doctor::Preface::ProxyHeader;
  subject.proxy_header = ours ? doctor::ProxyHeaderUse::Us : doctor::ProxyHeaderUse::Others;
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
    if (!known.tls) read->scheme = Scheme::Plain;
    return PathSubject{.destination = *std::move(read), .judges = {}, .typed = false};
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

void begin_with_tls(doctor::Preface preface, PathSubject& subject) {
  subject.destination.scheme = Scheme::Tls;
  subject.destination.preface = preface;
}

// Of a trust store that cannot be read judge_by() tells.
doctor::MailWish wish_of(const gate::AlarmMailConfig& mail, const conf::Text& store) {
  doctor::MailWish wish{.from = mail.from, .to = mail.to, .user = mail.user};
  if (mail.password_file) {
    Result<Secret> password = crypto::read_password(mail.password_file->value);
    if (password)
      wish.password = std::make_shared<const Secret>(*std::move(password));
    else
      wish.password_fault = password.error().text();
  }
  if (auto context = tls::ClientContext::make(store.value)) wish.trust = *std::move(context);
  return wish;
}

class Outward {
 public:
  Outward(const gate::Config& config, const PathView& view, ConfiguredTrust& trust)
      : config_(config), view_(view), trust_(trust) {}

  void add_directory(const identity::LdapConfig& ldap) {
    conf::Problems known_already;
    for (const conf::Text& server : ldap.servers) {
      std::optional<PathSubject> subject = subject_of_bare(server.value);
      std::optional<identity::LdapServer> known = identity::read_ldap_server(server, known_already);
      if (!subject || !known) continue;
      if (ldap.start_tls && !known->tls) begin_with_tls(doctor::Preface::LdapStartTls, *subject);
      subject->judges = judges();
      judge_by(trust_, "[ldap] trust", ldap.trust.value_or(system_store()), ldap.trust_password_file, *subject);
      subject->directory = directory_wish(ldap, *known, *subject);
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
    if (!subject->destination.speaks_tls()) begin_with_tls(doctor::Preface::SmtpStartTls, *subject);
    subject->judges = judges();
    subject->mail = std::make_shared<const doctor::MailWish>(wish_of(*alarm.mail, store));
    judge_by(trust_, "[alarm] trust", store, std::nullopt, *subject);
    found_.push_back({.name = "mail", .subject = *std::move(subject)});
  }

  std::vector<OutwardSubject> take() { return std::move(found_); }

 private:
  // libldap reads PEM alone: of another trust store the gate has made a file, once it has run.
  std::shared_ptr<const doctor::DirectoryWish> directory_wish(const identity::LdapConfig& ldap,
                                                              const identity::LdapServer& server,
                                                              const PathSubject& subject) const {
    doctor::DirectoryWish wish{.config = ldap, .server = server};
    const auto& trust = subject.judges.trust;
    bool other_form =
        !trust.empty() && ldap.trust && ldap.trust->value != "system" && trust.front()->form != pki::StoreForm::Pem;
    if (other_form) {
      wish.config.trust->value = config_.state_dir + "/ldap-trust.pem";
      std::error_code missing;
      wish.has_trust = std::filesystem::exists(wish.config.trust->value, missing);
    }
    return std::make_shared<const doctor::DirectoryWish>(std::move(wish));
  }

  static conf::Text system_store() { return {.value = "system", .place = {}}; }

  doctor::Judges judges() const {
    return {.trust = {}, .clients = gate_itself(), .proxy_trust = view_.judges.proxy_trust};
  }

  const gate::Config& config_;
  const PathView& view_;
  ConfiguredTrust& trust_;
  std::vector<OutwardSubject> found_;
};

// "[::1]" is how a site's host names an address (RFC 3986, 3.2.2); an address has no brackets elsewhere.
std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
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

namespace {

// A host of a site, at a listener that serves it.
doctor::GateSubject subject_at(const gate::ListenerConfig& listener, const gate::Config& config, const PathView& view,
                               const std::string& host) {
  bool made_up = host.starts_with('*');
  std::string name = host == "*" ? "localhost"
                     : made_up   ? cat("pforte-doctor", host.substr(1))
                                 : without_brackets(host);
  PathSubject site{.destination = {.scheme = listener.tls ? Scheme::Https : Scheme::Http,
                                   .host = std::move(name),
                                   .port = listener.address.port(),
                                   .path = "/.pforte/health",
                                   .at = reachable(listener.address)},
                   .judges = view.judges,
                   .hop = 1,
                   .is_gate = true};
  doctor::GateSubject subject{
      .site = std::move(site), .has_name = !made_up, .serve = cat("pforte serve --config ", config.file)};
  expect_proxy_header(listener, subject);
  return subject;
}

}  // namespace

std::optional<doctor::GateSubject> subject_of_host(const gate::Config& config, const PathView& view,
                                                   const std::string& host) {
  const gate::ListenerConfig* listener = listener_for_sites(config);
  if (listener == nullptr) return std::nullopt;
  return subject_at(*listener, config, view, host);
}

PathSubject subject_of_server(const gate::BackendConfig& backend, const gate::ServerConfig& server,
                              ConfiguredTrust& trust) {
  PathSubject subject{
      .destination = {.scheme = server.tls ? Scheme::Https : Scheme::Http, .host = server.host, .port = server.port},
      .judges = {.trust = {}, .clients = gate_itself(), .proxy_trust = {}},
      .needs_http1 = backend.connection_sign_in,
      .server_name = backend.server_name,
      .typed = false};
  subject.destination.http2_clear = !server.tls && backend.protocol == gate::Protocol::Http2Clear;
  if (backend.health && !backend.health->path.empty()) {
    subject.destination.path = backend.health->path;
    subject.healthy = {.from = int(backend.health->expect_from), .to = int(backend.health->expect_to)};
  }
  std::string key = cat("[[backend]] ", backend.name.value, ": trust");
  if (server.tls) judge_by(trust, key, backend.trust, backend.trust_password_file, subject);
  return subject;
}

doctor::GateSubject subject_of_listener(const gate::Config& config, const PathView& view,
                                        const gate::ListenerConfig& listener) {
  if (!config.sites.empty()) {
    doctor::GateSubject subject = subject_at(listener, config, view, config.sites.front().hosts.front().value);
    subject.has_name = false;  // where it leads is told where the host is examined
    subject.site.leads_to_https = listener.redirect_to_https;
    if (listener.redirect_to_https) {
      subject.site.destination.path = "/";
      subject.site.is_gate = false;  // a redirect is no page by which it could be known
    }
    return subject;
  }
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
  doctor::Preface preface = passthrough.proxy_header ? doctor::Preface::ProxyHeader : doctor::Preface::Nothing;
  return {
      .destination = {.scheme = Scheme::Tls, .host = server.host, .port = server.port, .path = "", .preface = preface},
      .judges = view.judges,
      .server_name = host.starts_with('*') ? std::string() : host,
      .typed = false};
}

std::vector<OutwardSubject> outward_subjects(const gate::Config& config, const PathView& view, ConfiguredTrust& trust) {
  Outward outward(config, view, trust);
  if (config.ldap) outward.add_directory(*config.ldap);
  for (const acme::CaConfig& ca : config.acme)
    outward.add_url(cat("ACME ", ca.name.value), ca.directory.value, cat("[[acme]] ", ca.name.value, ": trust"),
                    ca.trust);
  outward.add_alarm(config.alarm);
  return outward.take();
}

}  // namespace pforte::app
