#include "app/switched_off.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/sign_in_steps.h"
#include "base/text.h"
#include "gate/drains.h"
#include "gate/server_config.h"
#include "identity/services.h"
#include "store/store.h"

namespace pforte::app {
namespace {

doctor::DrainedBackend drained_of(const gate::BackendConfig& backend, const gate::Drains& drains) {
  doctor::DrainedBackend found{.name = backend.name.value, .servers = {}, .of = backend.servers.size()};
  for (const gate::ServerConfig& server : backend.servers) {
    std::string url = gate::url_of(server);
    if (auto since = drains.since(found.name, url)) found.servers.push_back({.url = std::move(url), .since = *since});
  }
  return found;
}

Result<SwitchedOff> look(const gate::Config& config, const std::string& file) {
  std::unique_ptr<store::Store> store = TRY(store::open_sqlite(file));
  gate::Drains drains = TRY(gate::Drains::read(*store));
  SwitchedOff off;
  for (const gate::BackendConfig& backend : config.backends) {
    doctor::DrainedBackend found = drained_of(backend, drains);
    if (!found.servers.empty()) off.backends.push_back(std::move(found));
  }
  const std::vector<identity::Provider>& used = config.sign_in.providers;
  for (const identity::ServiceState& service : TRY(identity::list_services(*store))) {
    bool is_used = std::ranges::find(used, service.name, identity::provider_name) != used.end();
    if (service.stopped && is_used) off.services.push_back({.name = service.name, .since = service.changed});
  }
  off.nobody_signs_in = !used.empty() && off.services.size() == used.size();
  return off;
}

bool leads_to(const gate::SiteConfig& site, const std::string& backend) {
  auto rule_leads = [&](const gate::RuleConfig& rule) { return rule.backend && rule.backend->value == backend; };
  return site.backend.value == backend || std::ranges::any_of(site.rules, rule_leads);
}

}  // namespace

SwitchedOff switched_off(const gate::Config& config) {
  std::string file = cat(config.state_dir, "/pforte.db");
  std::error_code unknown;
  // An examination makes no store.
  if (!std::filesystem::exists(file, unknown)) return {};
  return look(config, file).value_or(SwitchedOff());
}

SwitchedOff part_of(const SwitchedOff& all, const gate::SiteConfig& site) {
  SwitchedOff part;
  auto is_its = [&](const doctor::DrainedBackend& backend) { return leads_to(site, backend.name); };
  std::ranges::copy_if(all.backends, std::back_inserter(part.backends), is_its);
  if (!asks_to_sign_in(site)) return part;
  part.services = all.services;
  part.nobody_signs_in = all.nobody_signs_in;
  return part;
}

}  // namespace pforte::app
