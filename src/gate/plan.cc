#include "gate/plan.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/ascii.h"
#include "base/file_access.h"
#include "base/german.h"
#include "base/text.h"
#include "cache/response_cache.h"
#include "gate/passthrough_coalescing.h"
#include "gate/served_certificate.h"
#include "gate/trusted_certificates.h"
#include "net/resolver.h"

namespace pforte::gate {

namespace {

// Null where it is off.
template <class T>
const T* if_on(const std::optional<T>& own, const T& of_site) {
  const T& config = own ? *own : of_site;
  return config.on ? &config : nullptr;
}

// Puts a plan together, one part after the other.
class Assembly {
 public:
  Assembly(Config config, const PlanParts& parts, conf::Problems& problems)
      : plan_(std::make_shared<Plan>()), parts_(parts), problems_(problems) {
    plan_->config = std::move(config);
  }

  void backends();
  void sites();
  void passthroughs();
  void names();
  void tell_refused_hosts();
  void coalescing() { check_coalescing(*plan_, problems_); }
  void sign_in();
  void authority();
  void logo();
  void cache();
  void files();
  std::shared_ptr<const Plan> finished() && { return std::move(plan_); }

 private:
  Result<std::shared_ptr<const tls::ClientContext>> trusting(const BackendConfig& backend);
  std::shared_ptr<const tls::ClientContext> client_context(const BackendConfig& backend);
  const Backend* previous_of(const BackendConfig& backend) const;
  std::shared_ptr<Server> server(const BackendConfig& backend, const ServerConfig& config,
                                 std::shared_ptr<const tls::ClientContext> tls) const;
  void look_up(Server& server, const ServerConfig& config);
  std::shared_ptr<SessionPlaces> session_places(const BackendConfig& backend) const;
  void read_basic_password(const conf::Text& file, Backend& backend);
  const Backend* backend_named(const conf::Text& name) const;
  void site(const SiteConfig& config);
  bool signs_in_connections(const SiteConfig& config) const;
  std::shared_ptr<const tls::ServerContext> server_context(const SiteConfig& config);

  std::shared_ptr<Plan> plan_;
  const PlanParts& parts_;
  conf::Problems& problems_;
};

void Assembly::backends() {
  for (const BackendConfig& config : plan_->config.backends) {
    bool sealed = std::ranges::any_of(config.servers, &ServerConfig::tls);
    std::shared_ptr<const tls::ClientContext> tls = sealed ? client_context(config) : nullptr;
    auto backend = std::make_unique<Backend>();
    backend->config = config;
    backend->index = plan_->backends.size();
    if (const Backend* before = previous_of(config)) backend->line = before->line;
    if (config.identity.basic_password_file) read_basic_password(*config.identity.basic_password_file, *backend);
    backend->sessions = session_places(config);
    for (const ServerConfig& one : config.servers) {
      backend->servers.push_back(server(config, one, one.tls ? tls : nullptr));
      look_up(*backend->servers.back(), one);
    }
    plan_->backends.push_back(std::move(backend));
  }
}

void Assembly::read_basic_password(const conf::Text& file, Backend& backend) {
  Result<Secret> password = crypto::read_password(file.value);
  if (password) {
    backend.basic_password.emplace(*std::move(password));
    return;
  }
  problems_.error(file.place, password.error().code(),
                  {cat("cannot read the password for the application: ", password.error().text()),
                   cat("kann das Passwort für die Anwendung nicht lesen: ", german_or_same(password.error().text()))},
                  remedy_for_unreadable(file.value));
}

// The first addresses of a server with a name; later ones are looked up while the gate runs.
void Assembly::look_up(Server& server, const ServerConfig& config) {
  if (!server.named() || !server.addresses()->empty()) return;
  Result<std::vector<net::Address>> found = net::look_up(server.host(), server.port());
  if (found) return server.addresses(*std::move(found));
  problems_.warning(config.place, found.error().code(),
                    {cat("no address is found for ", server.host(), ": ", found.error().text()),
                     cat("keine Adresse gefunden für ", server.host(), ": ", german_or_same(found.error().text()))},
                    {cat("check the name with `getent hosts ", server.host(), "`; it is looked up again every 30 s"),
                     cat("den Namen prüfen mit `getent hosts ", server.host(), "`; er wird alle 30 s neu aufgelöst")});
}

Result<std::shared_ptr<const tls::ClientContext>> Assembly::trusting(const BackendConfig& backend) {
  if (backend.trust.value == "system") return tls::ClientContext::make("system");
  TrustedCertificates trusted = TRY(trusted_certificates(backend.trust, backend.trust_password_file));
  warn_of_unreadable(trusted.unreadable, backend.trust.place, problems_);
  return tls::ClientContext::make(trusted.pem);
}

std::shared_ptr<const tls::ClientContext> Assembly::client_context(const BackendConfig& backend) {
  auto context = trusting(backend);
  if (context) return *std::move(context);
  const Error& error = context.error();
  const conf::Text& file = file_at_fault(error, backend.trust, backend.trust_password_file);
  problems_.error(file.place, error.code(),
                  {cat("cannot trust anybody for backend ", backend.name.value, ": ", error.text()),
                   cat("kein Vertrauensspeicher für Backend ", backend.name.value, ": ", german_or_same(error.text()))},
                  error.code() == "file.unreadable"
                      ? remedy_for_unreadable(file.value)
                      : Message{"name a trust store (PEM, folder, PKCS#12, JKS) with the CA that issued the servers' "
                                "certificates, or \"system\"; trust_password_file has its password",
                                "einen Vertrauensspeicher (PEM, Ordner, PKCS#12, JKS) mit der CA angeben, die die "
                                "Zertifikate der Server ausstellt, oder \"system\"; trust_password_file hat sein "
                                "Passwort"});
  return nullptr;
}

// The server of the previous plan if it is the same, so that its state and its connections outlive a reload. Another
// trust store makes another server: its connections were made under the old one.
std::shared_ptr<Server> Assembly::server(const BackendConfig& backend, const ServerConfig& config,
                                         std::shared_ptr<const tls::ClientContext> tls) const {
  auto fresh = std::make_shared<Server>(backend, config, std::move(tls));
  const Backend* before = previous_of(backend);
  if (!before) return fresh;
  auto known = std::ranges::find_if(before->servers, [&](const auto& one) { return one->same_as(*fresh); });
  return known == before->servers.end() ? fresh : *known;
}

// Null: the previous plan has none of the name.
const Backend* Assembly::previous_of(const BackendConfig& backend) const {
  if (!parts_.previous) return nullptr;
  const auto& all = parts_.previous->backends;
  auto found = std::ranges::find(all, backend.name.value, [](const auto& one) { return one->config.name.value; });
  return found == all.end() ? nullptr : found->get();
}

// Those of the previous plan where they are sessions of the same application.
std::shared_ptr<SessionPlaces> Assembly::session_places(const BackendConfig& backend) const {
  auto learns = [&](const std::optional<StickyConfig>& sticky) {
    return sticky && sticky->by == StickyConfig::By::ApplicationCookie && sticky->name == backend.sticky->name;
  };
  if (!backend.sticky || !learns(backend.sticky)) return nullptr;
  if (parts_.previous) {
    for (const auto& old : parts_.previous->backends) {
      if (old->config.name.value == backend.name.value && learns(old->config.sticky)) return old->sessions;
    }
  }
  return std::make_shared<SessionPlaces>();
}

const Backend* Assembly::backend_named(const conf::Text& name) const {
  auto found = std::ranges::find(plan_->backends, name.value, [](const auto& one) { return one->config.name.value; });
  return found == plan_->backends.end() ? nullptr : found->get();
}

void Assembly::sites() {
  for (const SiteConfig& config : plan_->config.sites) site(config);
}

void Assembly::site(const SiteConfig& config) {
  const Backend* main = backend_named(config.backend);
  policy::PathProfile profile = main->config.path_profile;
  std::vector<Terms> terms;
  std::vector<policy::Rule> rules;
  auto add = [&](policy::Rule rule, Terms own) {
    rule.tag = terms.size();
    rules.push_back(std::move(rule));
    terms.push_back(own);
  };
  for (const std::string& path : allowed_paths(config, profile)) {
    policy::Rule rule;
    rule.path = path;
    add(std::move(rule), {.backend = main,
                          .body = config.limits.body,
                          .sign_in = config.sign_in,
                          .compress = if_on({}, config.compress),
                          .cache = if_on({}, config.cache)});
  }
  for (const RuleConfig& one : config.rules) {
    policy::Rule rule;
    rule.path = one.path.value;
    rule.methods = one.methods;
    rule.from = one.from;
    rule.permits = one.permits;
    rule.groups = one.groups;
    plan_->asked_groups.insert(one.groups.begin(), one.groups.end());
    rule.effect = one.deny ? policy::Rule::Effect::Deny : policy::Rule::Effect::Allow;
    rule.line = one.place.line;
    const Backend* backend = one.backend ? backend_named(*one.backend) : main;
    if (backend->config.path_profile != profile) {
      problems_.error(
          one.backend->place, "site.mixed-profiles",
          {cat("backend ", one.backend->value, " reads paths otherwise than backend ", config.backend.value),
           cat("Backend ", one.backend->value, " liest Pfade anders als Backend ", config.backend.value)},
          {"give both the same path_profile, or make a site of its own",
           "beiden dasselbe path_profile geben oder eine eigene Site anlegen"});
    }
    add(std::move(rule), {.backend = backend,
                          .body = one.body.value_or(config.limits.body),
                          .sign_in = one.sign_in.value_or(config.sign_in),
                          .compress = if_on(one.compress, config.compress),
                          .cache = if_on(one.cache, config.cache)});
  }
  const std::string& name = config.hosts.front().value;
  bool by_method = std::ranges::any_of(config.rules, [](const RuleConfig& one) { return !one.methods.empty(); });
  bool near_cache = std::ranges::any_of(terms, [](const Terms& one) { return one.cache != nullptr; });
  for (Terms& one : terms) {
    one.by_method = by_method;
    one.near_cache = near_cache;
  }
  auto asks = [](const Terms& one) { return one.sign_in != SignInNeed::None; };
  bool signs_in = std::ranges::any_of(terms, asks);
  SiteConfig own = config;
  own.http2 &= !signs_in_connections(config);
  auto made = std::make_unique<Site>(own, name, parts_.numbered.index_of(name), signs_in, std::move(terms),
                                     policy::PathRules(std::move(rules), profile), server_context(own));
  for (const conf::Text& host : config.hosts) plan_->hosts.add(host.value, made.get());
  plan_->sites.push_back(std::move(made));
}

// Over HTTP/2 many requests share a connection, so that nobody can be signed in by it.
bool Assembly::signs_in_connections(const SiteConfig& config) const {
  auto does = [this](const conf::Text& name) {
    const Backend* backend = backend_named(name);
    return backend && backend->config.connection_sign_in;
  };
  auto rule_does = [&](const RuleConfig& rule) { return rule.backend && does(*rule.backend); };
  return does(config.backend) || std::ranges::any_of(config.rules, rule_does);
}

std::shared_ptr<const tls::ServerContext> Assembly::server_context(const SiteConfig& config) {
  std::vector<tls::Shown> shown;
  for (const CertificateConfig& certificate : config.certificates) {
    std::optional<tls::Shown> one = read_served_certificate(certificate, problems_);
    if (!one) return nullptr;
    shown.push_back(*std::move(one));
  }
  if (shown.empty()) return nullptr;
  check_names(config, shown, problems_);
  tls::Profile profile = config.tls_profile == TlsProfile::Modern ? tls::Profile::Modern : tls::Profile::Intermediate;
  auto context = tls::ServerContext::make(profile, std::move(shown), protocols_of(config));
  if (context) return *std::move(context);
  problems_.error(config.certificates.front().place, "certificate.refused",
                  {cat("OpenSSL refuses the certificate: ", context.error().text()),
                   cat("OpenSSL lehnt das Zertifikat ab: ", german_or_same(context.error().text()))},
                  {"use RSA with 2048 bits or more, or an elliptic curve such as P-256, and SHA-256",
                   "RSA mit mindestens 2048 Bit oder eine elliptische Kurve wie P-256 verwenden, und SHA-256"});
  return nullptr;
}

void Assembly::passthroughs() {
  const std::vector<PassthroughConfig>& configs = plan_->config.passthroughs;
  for (const PassthroughConfig& config : configs) {
    const Passthrough* previous =
        parts_.previous ? parts_.previous->passthrough_of(config.hosts.front().value) : nullptr;
    auto made = std::make_unique<Passthrough>(config, previous);
    for (std::size_t i = 0; i < config.servers.size(); ++i) look_up(*made->servers()[i], config.servers[i]);
    for (const ListenerConfig& listener : plan_->config.listeners) {
      auto is_it = [&](const conf::Text& text) { return text.value == listener.address.to_text(); };
      bool here = config.listeners.empty() || std::ranges::any_of(config.listeners, is_it);
      if (!listener.tls || !here) continue;
      for (const conf::Text& host : config.hosts) plan_->passed_hosts[listener.address].add(host.value, made.get());
    }
    plan_->passthroughs.push_back(std::move(made));
  }
  for (auto& [listener, hosts] : plan_->passed_hosts) {
    for (const SiteConfig& site : plan_->config.sites) {
      for (const conf::Text& host : site.hosts) {
        if (host.value != "*") hosts.add(host.value, nullptr);
      }
    }
  }
}

void Assembly::names() {
  auto names = TlsNames::make(*plan_, parts_.inventory);
  if (!names) {
    problems_.warning(
        {plan_->config.file, 0, 0}, names.error().code(),
        {cat("the certificates of the inventory cannot be read: ", names.error().text()),
         cat("die Zertifikate des Bestands lassen sich nicht lesen: ", german_or_same(names.error().text()))},
        {"it is tried again every 200 ms", "es wird alle 200 ms wieder versucht"});
    names = TlsNames::make(*plan_, nullptr);
  }
  plan_->names = names ? *std::move(names) : nullptr;
  if (plan_->names) tell_refused_hosts();
  auto sealed = std::ranges::find_if(plan_->config.listeners, &ListenerConfig::tls);
  if (sealed == plan_->config.listeners.end()) return;
  if (sealed->address.port() != 443) plan_->https_port = cat(':', sealed->address.port());
}

void Assembly::tell_refused_hosts() {
  for (const auto& site : plan_->sites) {
    for (const std::string& host : plan_->names->refused(*site)) {
      const auto& hosts = site->config.hosts;
      problems_.warning(
          std::ranges::find(hosts, host, &conf::Text::value)->place, "certificate.none-fits",
          {cat("the inventory has no valid certificate with key for ", host, ", so TLS for it is refused"),
           cat("der Bestand hat kein gültiges Zertifikat mit Schlüssel für ", host,
               "; TLS wird dafür also verweigert")},
          plan_->config.acme.empty()
              ? Message{"pforte cert import FILE --key KEY, pforte cert issue, or a block [[acme]]; it goes live at "
                        "once",
                        "pforte cert import DATEI --key SCHLÜSSEL, pforte cert issue oder ein Block [[acme]]; es gilt "
                        "sofort"}
              : Message{
                    "where a CA of [[acme]] issues for it, that is under way: see renewals in pforte status; else "
                    "pforte cert import FILE --key KEY, or pforte cert issue",
                    "wo eine CA aus [[acme]] dafür ausstellt, läuft das: siehe Erneuerungen in pforte status; sonst "
                    "pforte cert import DATEI --key SCHLÜSSEL oder pforte cert issue"});
    }
  }
}

void Assembly::sign_in() {
  if (!parts_.sign_in || std::ranges::none_of(plan_->sites, [](const auto& site) { return site->signs_in; })) return;
  plan_->sign_in = parts_.sign_in(plan_->config, problems_);
}

void Assembly::authority() {
  if (parts_.authority) plan_->company_ca = parts_.authority(plan_->config, problems_);
  if (parts_.acme_service) plan_->acme_service = parts_.acme_service(plan_->config, problems_);
}

void Assembly::logo() {
  const std::optional<conf::Text>& file = plan_->config.sign_in.brand.logo;
  if (!file) return;
  constexpr std::uintmax_t kMostBytes = std::uintmax_t{256} * 1024;
  std::error_code failure;
  std::uintmax_t size = std::filesystem::file_size(file->value, failure);
  std::ifstream stream(file->value, std::ios::binary);
  if (failure || !stream || size > kMostBytes) {
    problems_.error(
        file->place, "sign-in.logo",
        {cat("cannot use the logo ", file->value, ": ", failure ? failure.message() : "over 256 KiB, or unreadable"),
         cat("Logo ", file->value,
             " nicht verwendbar: ", failure ? german_or_same(failure.message()) : "über 256 KiB oder nicht lesbar")},
        why_unreadable(file->value) != 0
            ? remedy_for_unreadable(file->value)
            : Message{"name an SVG or PNG file of at most 256 KiB", "eine SVG- oder PNG-Datei bis 256 KiB angeben"});
    return;
  }
  plan_->logo.type = file->value.ends_with(".png") ? "image/png" : "image/svg+xml";
  plan_->logo.bytes.assign(std::istreambuf_iterator<char>(stream), {});
}

// Outlives a reload, also one that keeps nothing: what it has is fresh only for so long.
void Assembly::cache() {
  auto keeps = [](const auto& site) { return std::ranges::any_of(site->terms, &Terms::near_cache); };
  if (parts_.previous) plan_->cache = parts_.previous->cache;
  std::size_t memory = std::ranges::any_of(plan_->sites, keeps) ? plan_->config.cache.memory : 0;
  if (memory > 0 && !plan_->cache) plan_->cache = std::make_shared<cache::ResponseCache>(memory);
  if (plan_->cache) plan_->cache->bound(memory);
}

// Relies on nothing that the texts say of each other.
void Assembly::files() {
  for (const BackendConfig& config : plan_->config.backends) {
    if (std::ranges::any_of(config.servers, &ServerConfig::tls)) client_context(config);
    Backend unused;
    if (config.identity.basic_password_file) read_basic_password(*config.identity.basic_password_file, unused);
  }
  for (const SiteConfig& config : plan_->config.sites) server_context(config);
  logo();
}

}  // namespace

std::string_view without_port(std::string_view authority) {
  std::size_t end = authority.starts_with('[') ? authority.find(']') + 1 : authority.find(':');
  return authority.substr(0, end);
}

std::string_view without_brackets(std::string_view host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

std::string_view Site::canonical_host(std::string_view host) const {
  if (host.find('.') != std::string_view::npos || host == "localhost") return {};
  for (const conf::Text& own : config.hosts) {
    bool complete = own.value.find('.') != std::string::npos && !own.value.starts_with("*");
    if (complete) return own.value;
  }
  return {};
}

namespace {

template <class T>
const T* find_in(const HostMap<T>& hosts, std::string_view authority) {
  authority = without_port(authority);
  if (authority.ends_with('.')) authority.remove_suffix(1);
  if (std::ranges::none_of(authority, [](char c) { return lower(c) != c; })) return hosts.find(authority);
  std::string folded = lowered(authority);
  return hosts.find(folded);
}

}  // namespace

const Site* Plan::find_site(std::string_view authority) const {
  return find_in(hosts, authority);
}

const Passthrough* Plan::find_passed(std::string_view authority, const net::Address& listener) const {
  const HostMap<Passthrough>* passed = passed_hosts_at(listener);
  return passed ? find_in(*passed, authority) : nullptr;
}

bool Plan::is_passed_somewhere(std::string_view authority) const {
  return std::ranges::any_of(passed_hosts, [&](const auto& one) { return find_in(one.second, authority) != nullptr; });
}

const Passthrough* Plan::passthrough_of(std::string_view host) const {
  auto found = std::ranges::find(passthroughs, host, [](const auto& one) -> std::string_view { return one->name(); });
  return found == passthroughs.end() ? nullptr : found->get();
}

std::shared_ptr<const Plan> make_plan(Config config, const PlanParts& parts, conf::Problems& problems) {
  Assembly assembly(std::move(config), parts, problems);
  assembly.backends();
  assembly.sites();
  assembly.passthroughs();
  assembly.names();
  assembly.coalescing();
  assembly.logo();
  if (!problems.has_errors()) assembly.sign_in();
  if (!problems.has_errors()) assembly.authority();
  if (problems.has_errors()) return nullptr;
  assembly.cache();
  return std::move(assembly).finished();
}

void check_named_files(const Config& config, conf::Problems& problems) {
  SiteNames numbered;
  PlanParts parts{.previous = nullptr, .numbered = numbered, .sign_in = {}};
  Assembly(config, parts, problems).files();
}

}  // namespace pforte::gate
