#include "gate/check_sign_in.h"

#include <algorithm>

#include "base/text.h"

namespace pforte::gate {

namespace {

bool has(const Config& config, identity::Provider provider) {
  return std::ranges::find(config.sign_in.providers, provider) != config.sign_in.providers.end();
}

// Whoever is listed by default has a block.
void provider_without_block(const Config& config, std::string_view block, conf::Problems& problems) {
  problems.error(*config.sign_in.providers_place, "conf.sign-in.provider",
                 {cat("providers lists \"", block, "\", but there is no block [", block, "]"),
                  cat("providers nennt \"", block, "\", aber es gibt keinen Block [", block, "]")},
                 {cat("add [", block, "], or take it out of providers"),
                  cat("[", block, "] ergänzen oder aus providers entfernen")});
}

// Without a password provider, who has no ticket is shown a form that nobody gets past. Where none are listed, there is
// one as soon as anybody is asked.
void nobody_gets_past_the_form(const Config& config, conf::Problems& problems) {
  bool ticket_alone = has(config, identity::Provider::Kerberos) && config.sign_in.providers.size() == 1;
  if (!ticket_alone || !config.sign_in.providers_place) return;
  problems.warning(*config.sign_in.providers_place, "conf.sign-in.no-fallback",
                   {"kerberos is the only provider: who has no ticket cannot sign in",
                    "kerberos ist der einzige Anbieter: Wer kein Ticket hat, kann sich nicht anmelden"},
                   {"add \"ldap\" or \"database\" to providers for a login page that works",
                    "\"ldap\" oder \"database\" in providers ergänzen, damit die Anmeldeseite funktioniert"});
}

void check_groups(const SiteConfig& site, conf::Problems& problems) {
  for (const RuleConfig& rule : site.rules) {
    bool asks = rule.sign_in.value_or(site.sign_in) != SignInNeed::None;
    if (rule.groups.empty() || asks) continue;
    problems.error(rule.place, "conf.rule.groups",
                   {cat("the rule for ", rule.path.value, " has groups, but nobody signs in there"),
                    cat("die Regel für ", rule.path.value, " hat groups, aber niemand meldet sich dort an")},
                   {"write sign_in = \"required\" in the rule or the site",
                    "sign_in = \"required\" in die Regel oder die Site schreiben"});
  }
}

// Where the application learns who asks, nothing is kept.
void check_cache(const SiteConfig& site, conf::Problems& problems) {
  auto in_vain = [&](const CacheConfig& cache, SignInNeed need) {
    return cache.on && !cache.withhold_identity && (need == SignInNeed::Required || need == SignInNeed::Token);
  };
  auto warn = [&](const conf::Place& place) {
    problems.warning(place, "conf.cache.in-vain",
                     {"cache keeps nothing here: everybody signs in, and the application is told who asks",
                      "cache bewahrt hier nichts auf: Alle melden sich an, und die Anwendung erfährt, wer fragt"},
                     {"cache = { withhold_identity = true } in a rule for what is the same for everybody",
                      "cache = { withhold_identity = true } in einer Regel für das, was für alle gleich ist"});
  };
  bool any_rule = false;
  for (const RuleConfig& rule : site.rules) {
    SignInNeed need = rule.sign_in.value_or(site.sign_in);
    any_rule |= !rule.cache && !in_vain(site.cache, need);
    if (rule.cache && in_vain(*rule.cache, need)) warn(rule.place);
  }
  if (!any_rule && in_vain(site.cache, site.sign_in)) warn(site.place);
}

// The name of a backend that signs in connections, where the site leads to one.
const conf::Text* signed_in_by_backend(const Config& config, const SiteConfig& site) {
  auto signs_in = [&config](const conf::Text& name) {
    auto is_it = [&](const BackendConfig& one) { return one.name.value == name.value && one.connection_sign_in; };
    return std::ranges::any_of(config.backends, is_it);
  };
  if (signs_in(site.backend)) return &site.backend;
  for (const RuleConfig& rule : site.rules) {
    if (rule.backend && signs_in(*rule.backend)) return &*rule.backend;
  }
  return nullptr;
}

// A ticket is made out to the host: the one for the gate would reach the application.
void signs_in_twice(const SiteConfig& site, const conf::Text& backend, conf::Problems& problems) {
  auto asks = [](const RuleConfig& rule) { return rule.sign_in.value_or(SignInNeed::None) != SignInNeed::None; };
  if (site.sign_in == SignInNeed::None && std::ranges::none_of(site.rules, asks)) return;
  problems.error(
      backend.place, "conf.site.connection-sign-in",
      {cat("the site signs people in at the gate, but backend ", backend.value,
           " signs them in itself (connection_sign_in)"),
       cat("die Site meldet am Tor an, aber das Backend ", backend.value, " meldet selbst an (connection_sign_in)")},
      {"remove sign_in from this site and its rules, or give the application a host and a site of its own",
       "sign_in aus dieser Site und ihren Regeln entfernen oder der Anwendung einen eigenen Host und eine "
       "eigene Site geben"});
}

void proxies_before_it(const Config& config, const conf::Text& backend, conf::Problems& problems) {
  for (const ListenerConfig& listener : config.listeners) {
    if (listener.forwarded_from.empty()) continue;
    problems.warning(listener.place, "conf.listener.connection-sign-in",
                     {cat("who comes through a proxy in forwarded_from cannot sign in at backend ", backend.value,
                          ": such a proxy may share its connections among clients"),
                      cat("wer durch einen Proxy aus forwarded_from kommt, kann sich am Backend ", backend.value,
                          " nicht anmelden: ein solcher Proxy kann seine Verbindungen unter Clients teilen")},
                     {"let the proxy pass on connections, with the PROXY protocol: proxy_protocol_from",
                      "den Proxy Verbindungen durchreichen lassen, mit dem PROXY-Protokoll: proxy_protocol_from"});
  }
}

void check_connection_sign_in(const Config& config, conf::Problems& problems) {
  const conf::Text* used = nullptr;
  for (const SiteConfig& site : config.sites) {
    const conf::Text* backend = signed_in_by_backend(config, site);
    if (!backend) continue;
    signs_in_twice(site, *backend, problems);
    used = backend;
  }
  if (used) proxies_before_it(config, *used, problems);
  for (const BackendConfig& backend : config.backends) {
    if (!backend.connection_sign_in || !backend.identity.basic_password_file) continue;
    problems.error(backend.identity.basic_password_file->place, "conf.backend.connection-sign-in",
                   {"basic_password_file takes the place of what connection_sign_in lets through",
                    "basic_password_file tritt an die Stelle dessen, was connection_sign_in durchlässt"},
                   {"remove one of the two", "eines von beiden entfernen"});
  }
}

}  // namespace

void check_sign_in(const Config& config, conf::Problems& problems) {
  if (has(config, identity::Provider::Kerberos) && !config.kerberos)
    provider_without_block(config, "kerberos", problems);
  if (has(config, identity::Provider::Ldap) && !config.ldap) provider_without_block(config, "ldap", problems);
  nobody_gets_past_the_form(config, problems);
  for (const SiteConfig& site : config.sites) {
    check_groups(site, problems);
    check_cache(site, problems);
  }
  check_connection_sign_in(config, problems);
}

}  // namespace pforte::gate
