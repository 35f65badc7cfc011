#include "app/browser_needs.h"

#include <algorithm>
#include <string_view>

#include "identity/sign_in_config.h"
#include "kerberos/service_name.h"

namespace pforte::app {
namespace {

constexpr std::uint16_t kHttps = 443;

bool asks_browsers(gate::SignInNeed need) {
  return need == gate::SignInNeed::Required || need == gate::SignInNeed::Optional;
}

bool signs_in(const gate::SiteConfig& site) {
  auto own = [](const gate::RuleConfig& rule) { return rule.sign_in && asks_browsers(*rule.sign_in); };
  return asks_browsers(site.sign_in) || std::ranges::any_of(site.rules, own);
}

bool is_dotless(std::string_view host) {
  return host.find('.') == std::string_view::npos;
}

void add_once(const std::string& host, std::vector<std::string>& hosts) {
  if (std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
}

void add_hosts(const gate::SiteConfig& site, BrowserNeeds& needs) {
  auto is_complete = [](const conf::Text& host) {
    return host.value != "*" && !is_dotless(host.value) && !kerberos::is_address(host.value);
  };
  bool redirects = std::ranges::any_of(site.hosts, is_complete);
  for (const conf::Text& host : site.hosts) {
    if (host.value == "*") needs.has_catch_all = true;
    if (kerberos::is_address(host.value)) {
      add_once(host.value, needs.addresses);
      continue;
    }
    if (host.value == "*" || (redirects && is_dotless(host.value))) continue;
    add_once(host.value, needs.hosts);
  }
}

}  // namespace

bool BrowserNeeds::has_dotless_host() const {
  return std::ranges::any_of(hosts, is_dotless);
}

BrowserNeeds browser_needs(const gate::Config& config) {
  BrowserNeeds needs;
  const std::vector<identity::Provider>& providers = config.sign_in.providers;
  bool by_tickets = std::ranges::find(providers, identity::Provider::Kerberos) != providers.end();
  if (!config.kerberos || !by_tickets) return needs;
  for (const gate::SiteConfig& site : config.sites) {
    if (signs_in(site)) add_hosts(site, needs);
  }
  if (config.kerberos->delegated_tickets) needs.delegated = needs.hosts;
  for (const gate::ListenerConfig& listener : config.listeners)
    needs.has_other_port |= listener.tls && listener.address.port() != kHttps;
  for (const kerberos::KeytabConfig& keytab : config.kerberos->keytabs) {
    const std::vector<std::string>& parts = keytab.principal.components;
    needs.port_in_principal |= parts.size() == 2 && parts[1].find(':') != std::string::npos;
  }
  return needs;
}

}  // namespace pforte::app
