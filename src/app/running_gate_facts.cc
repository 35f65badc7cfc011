#include <unistd.h>

#include <string>
#include <vector>

#include "app/running_gate.h"
#include "app/status.h"
#include "base/text.h"
#include "cache/response_cache.h"
#include "gate/acme_service.h"
#include "gate/cache_turn.h"
#include "gate/metrics.h"

// What the running gate tells of itself.

namespace pforte::app {

std::int64_t RunningGate::clients() const {
  std::int64_t count = 0;
  for (const Crew& one : crew_) count += one.worker.metrics().client_connections.value();
  return count;
}

admin::Status RunningGate::status() const {
  admin::Status status = status_of(*plan_, names_.get(), loop_.now());
  status.version = PFORTE_VERSION;
  status.pid = getpid();
  status.since = started_;
  status.loaded = loaded_;
  status.expiring = certificate_sight_.expiring;
  status.capture = capturing_.status();
  if (renewal_) status.renewals = renewal_->status();
  for (const Crew& one : crew_) {
    const gate::Metrics& metrics = one.worker.metrics();
    status.client_connections += metrics.client_connections.value();
    status.backend_busy += metrics.backend_busy.value();
    status.backend_idle += metrics.backend_idle.value();
  }
  return status;
}

admin::CacheFacts RunningGate::cache_facts() const {
  if (!plan_->cache) return {};
  return {.bytes = plan_->cache->bytes(), .limit = plan_->cache->limit(), .entries = plan_->cache->entries()};
}

std::optional<std::size_t> RunningGate::purge_cache(std::string_view host, std::string_view path) {
  const gate::Site* site = host.empty() ? nullptr : plan_->find_site(host);
  if (!site && !host.empty()) return std::nullopt;
  if (!plan_->cache) return 0;
  return plan_->cache->purge(site ? cat(gate::cache_key_prefix(site->name), path) : std::string());
}

std::string RunningGate::metrics() const {
  gate::ProcessFacts facts;
  facts.version = PFORTE_VERSION;
  facts.started = started_;
  facts.loaded = loaded_;
  facts.access_log_lines_lost = log_->lost();
  facts.contacts_kept = contacts_.kept();
  facts.contacts_counted = contacts_.counted();
  facts.contacts_lost = contacts_.lost();
  facts.reloads = reloads_;
  facts.reloads_refused = reloads_refused_;
  facts.captures = capturing_.under_way() ? 1 : 0;
  facts.certificates = certificate_sight_.metrics;
  for (const auto& backend : plan_->backends) {
    const gate::WaitingLine::Tally& tally = backend->line->tally;
    facts.lines.push_back({.backend = backend->config.name.value,
                           .waiting = backend->line->waiting(),
                           .served = tally.served.load(),
                           .turned_away = tally.turned_away.load(),
                           .timed_out = tally.timed_out.load(),
                           .gave_up = tally.gave_up.load(),
                           .waited_us = tally.waited_us.load()});
    for (const auto& server : backend->servers) {
      gate::Server::Story story = server->story();
      facts.servers.push_back({.backend = backend->config.name.value,
                               .server = server->url(),
                               .up = server->available(loop_.now()),
                               .drained = server->drained(),
                               .requests = server->requests(),
                               .checked = backend->config.health.has_value(),
                               .checks_passed = story.checks_passed,
                               .checks_failed = story.checks_failed,
                               .changes = story.changes});
    }
  }
  for (const auto& passthrough : plan_->passthroughs) {
    for (const auto& server : passthrough->servers())
      facts.servers.push_back({passthrough->name(), server->url(), server->available(loop_.now())});
  }
  if (plan_->acme_service)
    facts.acme_server = gate::AcmeServerFacts{.issued = acme_tally_.issued(), .refusals = acme_tally_.refusals()};
  if (renewal_) {
    facts.renewals_succeeded = renewal_->counts().succeeded;
    facts.renewals_failed = renewal_->counts().failed;
    for (const admin::RenewalStatus& one : renewal_->status())
      facts.renewals.push_back({.names = joined(one.names, " "), .failures = one.failures, .next = one.next});
  }
  if (accounts_) {
    facts.newer_key_tickets = accounts_->key_drifts().newer_tickets();
    facts.older_key_tickets = accounts_->key_drifts().older_tickets();
  }
  facts.cache_bytes = cache_facts().bytes;
  facts.cache_entries = cache_facts().entries;
  if (plan_->sign_in) facts.key_drifts = plan_->sign_in->alarming_drifts();
  std::vector<const gate::Metrics*> all;
  for (const Crew& one : crew_) all.push_back(&one.worker.metrics());
  return gate::prometheus_text(site_names_, all, facts);
}

}  // namespace pforte::app
