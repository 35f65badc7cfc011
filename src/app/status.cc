#include "app/status.h"

#include "gate/sign_in.h"

namespace pforte::app {

namespace {

admin::ServerStatus::State state_of(const admin::ServerStatus& server) {
  using State = admin::ServerStatus::State;
  if (server.drained) return State::Drained;
  if (!server.healthy) return State::Down;
  return server.ejected ? State::Ejected : State::Up;
}

admin::ServerStatus status_of(const gate::Server& server, const gate::BackendConfig& backend,
                              const gate::ServerConfig& config, net::Instant now) {
  gate::Server::Story story = server.story();
  admin::ServerStatus status;
  status.url = server.url();
  status.healthy = server.healthy();
  status.ejected = server.ejected(now);
  status.drained = server.drained();
  status.state = state_of(status);
  status.backup = config.backup;
  status.weight = config.weight;
  status.requests = server.requests();
  status.max_requests = config.max_requests;
  status.since = story.since;
  status.reason = story.reason;
  status.failures = story.failures;
  if (story.certificate_expires) status.certificate_expires = *story.certificate_expires;
  if (story.check && backend.health) {
    status.check = {.kind = std::string(gate::name_of(backend.health->kind)),
                    .passed = story.check->passed,
                    .code = story.check->code,
                    .reason = story.check->reason,
                    .at = story.check->at,
                    .took = story.check->took};
  }
  return status;
}

std::string_view kind_of(const gate::ListenerConfig& listener) {
  if (listener.redirect_to_https) return "redirect";
  return listener.tls ? "https" : "http";
}

admin::KeyDriftStatus status_of(const gate::KeyDrift& drift, const kerberos::KeyStatus& key) {
  return {.key_version = drift.version,
          .shared = drift.shared,
          .newer = drift.newer,
          .first = drift.first,
          .last = drift.last,
          .tickets = drift.tickets,
          .clients = drift.clients,
          .many_clients = drift.clients >= gate::KeyDrifts::kManyClients,
          .contradicted = drift.contradicted,
          .remedy = gate::remedy_for_drift(drift, key.principal, key.keytab)};
}

void append_sign_in(const gate::SignIn& sign_in, admin::Status& status) {
  for (identity::Provider provider : sign_in.config().providers) {
    status.services.push_back({.name = std::string(identity::provider_name(provider)), .runs = sign_in.runs(provider)});
  }
  for (identity::LdapServerState& server : sign_in.ldap_servers()) {
    status.ldap_servers.push_back({.url = std::move(server.url),
                                   .up = server.up,
                                   .left_alone_until = server.left_alone_until,
                                   .failed = server.failed,
                                   .reason = std::move(server.reason)});
  }
  for (kerberos::KeyStatus& key : sign_in.keys()) {
    std::vector<admin::KeyDriftStatus> drift;
    for (const gate::KeyDrift& one : sign_in.drifts_of(key)) drift.push_back(status_of(one, key));
    status.keys.push_back({.principal = std::move(key.principal),
                           .keytab = std::move(key.keytab),
                           .usable = key.usable,
                           .problem = std::move(key.problem),
                           .key_versions = std::move(key.key_versions),
                           .encryptions = std::move(key.encryptions),
                           .written = key.written,
                           .rc4_tickets = key.rc4_tickets,
                           .drift = std::move(drift)});
  }
  if (const kerberos::DelegatedTickets* tickets = sign_in.tickets())
    status.delegated_tickets = {.folder = tickets->folder(), .problem = tickets->problem()};
}

}  // namespace

admin::Status status_of(const gate::Plan& plan, const gate::TlsNames* names, net::Instant now) {
  admin::Status status;
  status.configuration = plan.config.file;
  for (const gate::ListenerConfig& listener : plan.config.listeners) {
    status.listeners.push_back({listener.address.to_text(), std::string(kind_of(listener))});
  }
  for (const auto& site : plan.sites) {
    admin::SiteStatus one;
    for (const conf::Text& host : site->config.hosts) one.hosts.push_back(host.value);
    one.backend = site->config.backend.value;
    if (names) {
      one.certificate_expires = names->expires(*site);
      one.refused_hosts = names->refused(*site);
    }
    status.sites.push_back(std::move(one));
  }
  for (const auto& backend : plan.backends) {
    admin::BackendStatus one{.name = backend->config.name.value, .servers = {}};
    one.servers.reserve(backend->servers.size());
    for (std::size_t i = 0; i < backend->servers.size(); ++i)
      one.servers.push_back(status_of(*backend->servers[i], backend->config, backend->config.servers[i], now));
    status.backends.push_back(std::move(one));
  }
  for (const auto& passthrough : plan.passthroughs) {
    admin::BackendStatus one{.name = passthrough->name(), .servers = {}};
    for (const auto& server : passthrough->servers()) one.servers.push_back(status_of(*server, {}, {}, now));
    status.backends.push_back(std::move(one));
  }
  if (plan.sign_in) append_sign_in(*plan.sign_in, status);
  return status;
}

}  // namespace pforte::app
