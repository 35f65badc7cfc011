#include "app/sign_in_steps.h"

#include <sys/timex.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "app/state_folder.h"
#include "base/ascii.h"
#include "base/german.h"
#include "base/text.h"
#include "identity/agents.h"
#include "identity/services.h"
#include "kerberos/keytab.h"
#include "kerberos/service_name.h"
#include "store/store.h"

namespace pforte::app {
namespace {

using identity::Provider;

// Hosts and services named one by one; more would not fit on a screen.
constexpr std::size_t kMostShown = 3;

Message same(const std::string& text) {
  return {text, text};
}

std::string listed(const std::vector<std::string>& words, std::string_view before = {}) {
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), kMostShown); ++i)
    text += cat(i == 0 ? "" : ", ", before, words[i]);
  return words.size() > kMostShown ? text + ", ..." : text;
}

// The complete names under which people sign in: browsers are sent there from short ones, and patterns name none.
std::vector<std::string> hosts_of(const gate::Config& config) {
  std::vector<std::string> hosts;
  for (const gate::SiteConfig& site : config.sites) {
    if (!asks_to_sign_in(site)) continue;
    for (const conf::Text& host : site.hosts) {
      bool complete = host.value.contains('.') && !host.value.starts_with('*');
      if (complete && !kerberos::is_address(host.value)) hosts.push_back(host.value);
    }
  }
  return hosts;
}

// The realm of a service as its KDC writes it: as it stands where the keytab has such a key, else in capitals, as
// Active Directory has them all.
std::string realm_of(const kerberos::KeytabConfig& one, const gate::Config& config) {
  const std::string& realm = one.principal.realm;
  bool doubtful = kerberos::has_lower_case(realm) && kerberos::check_service_keys(*config.kerberos, one);
  return doubtful ? capitals(realm) : realm;
}

// Where the host most likely belongs to: a realm that is called like its domain, or the only one there is.
std::string realm_for(std::string_view host, const gate::Config& config) {
  std::string first;
  if (config.kerberos) {
    for (const kerberos::KeytabConfig& one : config.kerberos->keytabs) {
      std::string realm = realm_of(one, config);
      if (host.ends_with(cat(".", lowered(realm)))) return realm;
      if (first.empty()) first = std::move(realm);
    }
  }
  if (!first.empty()) return first;
  return capitals(host.substr(host.find('.') + 1));
}

SignInStep missing_service(const std::string& host, const gate::Config& config) {
  std::string service = cat("HTTP/", host, "@", realm_for(host, config)), file = cat(host, ".keytab");
  std::string account = cat("svc-", host.substr(0, host.find('.')));
  std::string line = cat("\"", service, "\" = \"/etc/pforte/", file, "\"");
  return {.id = "service-key",
          .state = SignInStep::State::Open,
          .what = {cat("no service key for ", host, ": [kerberos.keytabs] does not name ", service),
                   cat("kein Dienstschlüssel für ", host, ": [kerberos.keytabs] nennt ", service, " nicht")},
          .remedy = {same(cat("Active Directory: ktpass /princ ", service, " /mapuser ", account,
                              " /crypto AES256-SHA1 /ptype KRB5_NT_PRINCIPAL /pass * /out ", file)),
                     same(cat("setspn -S HTTP/", host, " ", account)),
                     same(cat("MIT: kadmin -q \"addprinc -randkey ", service, "\" && kadmin -q \"ktadd -k ", file, " ",
                              service, "\"")),
                     {cat("then in [kerberos.keytabs]: ", line), cat("dann in [kerberos.keytabs]: ", line)}}};
}

// None: it has one that can be used.
std::optional<SignInStep> open_key_of(const std::string& host, const gate::Config& config) {
  std::optional<kerberos::Fault> fault;
  if (config.kerberos) {
    for (const kerberos::KeytabConfig& one : config.kerberos->keytabs) {
      const std::vector<std::string>& parts = one.principal.components;
      if (parts.size() != 2 || parts[0] != "HTTP" || parts[1] != host) continue;
      fault = kerberos::check_service_keys(*config.kerberos, one);
      if (!fault) return std::nullopt;
    }
  }
  if (!fault) return missing_service(host, config);
  return SignInStep{
      .id = "service-key",
      .state = SignInStep::State::Open,
      .what = {cat("service key for ", host, ": ", fault->what.en),
               cat("Dienstschlüssel für ", host, ": ", fault->what.de)},
      .remedy = {fault->remedy},
  };
}

void judge_keys(const gate::Config& config, std::vector<SignInStep>& steps) {
  std::vector<std::string> done, open;
  for (const std::string& host : hosts_of(config)) {
    std::optional<SignInStep> step = open_key_of(host, config);
    (step ? open : done).push_back(host);
    if (step && open.size() <= kMostShown) steps.push_back(*std::move(step));
  }
  if (open.size() > kMostShown) {
    std::size_t more = open.size() - kMostShown;
    steps.push_back({.id = "service-key",
                     .state = SignInStep::State::Open,
                     .what = {cat("the same for ", more, " more, such as ", open.back()),
                              cat("dasselbe für ", more, " weitere, etwa ", open.back())},
                     .remedy = {}});
  }
  if (!done.empty()) {
    steps.push_back({.id = "service-key",
                     .state = SignInStep::State::Done,
                     .what = {cat("service key for ", listed(done)), cat("Dienstschlüssel für ", listed(done))},
                     .remedy = {}});
  }
}

SignInStep service_of_small_realm(const kerberos::KeytabConfig& one, const std::string& realm) {
  kerberos::Principal right = one.principal;
  right.realm = realm;
  std::string line = cat("\"", right.to_text(), "\" = \"", one.keytab.value, "\"");
  return {.id = "realm",
          .state = SignInStep::State::Open,
          .what = {cat("the realm of ", one.principal.to_text(), " has small letters; Active Directory writes ", realm),
                   cat("der Realm von ", one.principal.to_text(), " hat Kleinbuchstaben; Active Directory schreibt ",
                       realm)},
          .remedy = {{cat("in [kerberos.keytabs]: ", line), cat("in [kerberos.keytabs]: ", line)}}};
}

SignInStep other_fallback_realm(const std::string& wanted, const std::string& realm, std::vector<std::string> all) {
  std::erase(all, realm);
  std::ranges::replace(all, wanted, realm);
  return {.id = "realm",
          .state = SignInStep::State::Open,
          .what = {cat("login_fallback_realms has ", wanted, ", but the realm is ", realm),
                   cat("login_fallback_realms hat ", wanted, ", aber der Realm heißt ", realm)},
          .remedy = {same(cat("login_fallback_realms = [\"", joined(all, "\", \""), "\"]"))}};
}

// Case counts in the names of realms. The first that is wrong.
void judge_realms(const gate::Config& config, std::vector<SignInStep>& steps) {
  if (!config.kerberos) return;
  const std::vector<std::string>& fallback = config.kerberos->login_fallback_realms;
  for (const kerberos::KeytabConfig& one : config.kerberos->keytabs) {
    std::string realm = realm_of(one, config);
    if (realm != one.principal.realm) {
      steps.push_back(service_of_small_realm(one, realm));
      return;
    }
    auto wrong = std::ranges::find_if(
        fallback, [&](const std::string& wanted) { return wanted != realm && equals_ignoring_case(wanted, realm); });
    if (wrong == fallback.end()) continue;
    steps.push_back(other_fallback_realm(*wrong, realm, fallback));
    return;
  }
}

void judge_clock(const SignInSight& sight, std::vector<SignInStep>& steps) {
  if (sight.clock_is_set) {
    steps.push_back({.id = "clock",
                     .state = SignInStep::State::Done,
                     .what = {"this clock is set by NTP", "diese Uhr wird durch NTP gestellt"},
                     .remedy = {}});
    return;
  }
  steps.push_back({.id = "clock",
                   .state = SignInStep::State::Open,
                   .what = {"nothing is seen to set this clock; it may be off by five minutes at most",
                            "nichts ist zu sehen, was diese Uhr stellt; sie darf höchstens fünf Minuten falsch gehen"},
                   .remedy = {same("timedatectl set-ntp true")}});
}

std::string example_realm(const gate::Config& config) {
  bool has_one = config.kerberos && !config.kerberos->keytabs.empty();
  return has_one ? realm_of(config.kerberos->keytabs.front(), config) : "EXAMPLE.COM";
}

SignInStep nobody_to_sign_in(const std::string& realm, bool by_login) {
  SignInStep step{.id = "agents",
                  .state = SignInStep::State::Open,
                  .what = {"a ticket would sign in nobody: no agent has a principal",
                           "ein Ticket würde niemanden anmelden: Kein Bearbeiter hat einen Principal"},
                  .remedy = {same(cat("pforte agent add susan --principal susan@", realm))}};
  if (by_login) {
    step.what = {"a ticket would sign in nobody: there is no agent",
                 "ein Ticket würde niemanden anmelden: Es gibt keinen Bearbeiter"};
    step.remedy = {{"pforte agent add susan, for whoever is called susan in the domain",
                    "pforte agent add susan, für wen die Domäne susan nennt"}};
  } else {
    step.remedy.push_back(
        {cat("or, for agents who are called as in the domain: login_fallback_realms = [\"", realm, "\"]"),
         cat("oder für Bearbeiter, die wie in der Domäne heißen: login_fallback_realms = [\"", realm, "\"]")});
  }
  step.remedy.push_back(
      {"or: unknown_agents = \"created\" in [sign_in]", "oder: unknown_agents = \"created\" in [sign_in]"});
  return step;
}

void judge_agents(const gate::Config& config, const SignInSight& sight, std::vector<SignInStep>& steps) {
  bool created = config.sign_in.unknown_agents == identity::UnknownAgents::Created;
  bool by_login = (config.kerberos && !config.kerberos->login_fallback_realms.empty()) || !config.sign_in.map.empty();
  if (created || sight.some_principal || (by_login && sight.some_agent)) {
    steps.push_back({.id = "agents",
                     .state = SignInStep::State::Done,
                     .what = created ? Message{"whoever has a ticket is created as an agent",
                                               "wer ein Ticket hat, wird als Bearbeiter angelegt"}
                                     : Message{"there are agents whom a ticket can sign in",
                                               "es gibt Bearbeiter, die ein Ticket anmelden kann"},
                     .remedy = {}});
    return;
  }
  if (sight.store_hidden) {
    steps.push_back({.id = "agents",
                     .state = SignInStep::State::Unseen,
                     .what = {cat("whom a ticket signs in cannot be seen: ", sight.store_hidden->en),
                              cat("wen ein Ticket anmeldet, ist nicht zu sehen: ", sight.store_hidden->de)},
                     .remedy = {}});
    return;
  }
  steps.push_back(nobody_to_sign_in(example_realm(config), by_login));
}

void judge_service(const SignInSight& sight, std::vector<SignInStep>& steps) {
  steps.push_back({.id = "service",
                   .state = sight.kerberos_runs ? SignInStep::State::Done : SignInStep::State::Open,
                   .what = sight.kerberos_runs
                               ? Message{"the service kerberos runs", "der Dienst kerberos läuft"}
                               : Message{"the service kerberos is stopped", "der Dienst kerberos ist angehalten"},
                   .remedy = {}});
  if (!sight.kerberos_runs) steps.back().remedy = {same("pforte service start kerberos")};
}

SignInStep browsers(const gate::Config& config) {
  std::vector<std::string> hosts = hosts_of(config);
  if (hosts.empty()) hosts = {"*.example.com"};
  std::string names, addresses;
  for (const std::string& host : hosts) {
    names += cat(names.empty() ? "" : ",", host);
    addresses += cat(addresses.empty() ? "" : ",", "https://", host);
  }
  return {.id = "browsers",
          .state = SignInStep::State::Unseen,
          .what = {"browsers send tickets only where a policy says so, which cannot be seen from here",
                   "Browser senden Tickets nur, wo eine Richtlinie es sagt; das ist von hier aus nicht zu sehen"},
          .remedy = {same(cat("Edge, Chrome: AuthServerAllowlist = ", names)),
                     same(cat("Firefox: network.negotiate-auth.trusted-uris = ", addresses))}};
}

bool is_wanted(const gate::Config& config) {
  if (config.kerberos) return true;
  bool passwords_alone = config.sign_in.providers_place.has_value();
  return !passwords_alone && std::ranges::any_of(config.sites, asks_to_sign_in);
}

}  // namespace

bool asks_to_sign_in(const gate::SiteConfig& site) {
  auto rule_asks = [](const gate::RuleConfig& rule) {
    return rule.sign_in.value_or(gate::SignInNeed::None) != gate::SignInNeed::None;
  };
  return site.sign_in != gate::SignInNeed::None || std::ranges::any_of(site.rules, rule_asks);
}

SignInSight look_at_sign_in(const gate::Config& config) {
  SignInSight sight;
  timex clock{};
  sight.clock_is_set = ::adjtimex(&clock) != TIME_ERROR;
  std::string file = cat(config.state_dir, "/pforte.db");
  std::error_code failure;
  if (Result<> usable = can_use_state_dir(config.state_dir); !usable) {
    sight.store_hidden = Message{usable.error().text(), german_or_same(usable.error().text())};
    return sight;
  }
  // A check makes no store.
  if (!std::filesystem::exists(file, failure)) return sight;
  auto look = [&]() -> Result<> {
    std::unique_ptr<store::Store> store = TRY(store::open_sqlite(file));
    for (const identity::ServiceState& one : TRY(identity::list_services(*store)))
      if (one.name == identity::provider_name(Provider::Kerberos)) sight.kerberos_runs = !one.stopped;
    identity::Agents agents(*store);
    sight.some_agent = TRY(agents.has_enabled());
    sight.some_principal = TRY(agents.has_enabled_with_principal());
    return {};
  };
  Result<> looked = look();
  if (!looked) sight.store_hidden = Message{looked.error().text(), german_or_same(looked.error().text())};
  return sight;
}

std::vector<SignInStep> sign_in_steps(const gate::Config& config, const SignInSight& sight) {
  std::vector<SignInStep> steps;
  if (!is_wanted(config)) return steps;
  judge_keys(config, steps);
  judge_realms(config, steps);
  judge_agents(config, sight, steps);
  judge_service(sight, steps);
  judge_clock(sight, steps);
  steps.push_back(browsers(config));
  return steps;
}

std::string steps_text(const std::vector<SignInStep>& steps, Language language) {
  if (steps.empty()) return {};
  bool german = language == Language::German;
  bool open = std::ranges::find(steps, SignInStep::State::Open, &SignInStep::state) != steps.end();
  std::string text = german ? "Schritte zum Single Sign-on:\n" : "Steps to single sign-on:\n";
  for (const SignInStep& step : steps) {
    if (!open && step.state == SignInStep::State::Done) continue;
    std::string_view mark = step.state == SignInStep::State::Done   ? "[x]"
                            : step.state == SignInStep::State::Open ? "[ ]"
                                                                    : "[?]";
    text += cat("  ", mark, " ", step.what.in(language), '\n');
    for (const Message& line : step.remedy) text += cat("        ", line.in(language), '\n');
  }
  return text;
}

}  // namespace pforte::app
