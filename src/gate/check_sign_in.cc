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

}  // namespace

void check_sign_in(const Config& config, conf::Problems& problems) {
  if (has(config, identity::Provider::Kerberos) && !config.kerberos)
    provider_without_block(config, "kerberos", problems);
  if (has(config, identity::Provider::Ldap) && !config.ldap) provider_without_block(config, "ldap", problems);
  nobody_gets_past_the_form(config, problems);
  for (const SiteConfig& site : config.sites) check_groups(site, problems);
}

}  // namespace pforte::gate
