#include "gate/check_config.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"
#include "gate/check_passthrough.h"
#include "gate/check_sign_in.h"
#include "gate/check_sticky.h"
#include "policy/path_rules.h"

namespace pforte::gate {
namespace {

// An address without a text, from a problem reported already.
bool is_unset(const net::Address& address) {
  return address == net::Address();
}

// [::]:443 takes the connections to 0.0.0.0:443, too.
bool covers(const net::Address& wide, const net::Address& narrow) {
  constexpr std::array<std::uint8_t, 16> kEverything{};
  return wide.ip() == kEverything && narrow.port() == wide.port() && narrow.with_port(0) == net::Address();
}

// The message of check_rule_path() names the path once more, in front of a colon.
std::string_view reason_in(const Error& error) {
  std::string_view text = error.text();
  std::size_t quote = text.rfind("\": ");
  return quote == std::string_view::npos ? text : text.substr(quote + 3);
}

class Check {
 public:
  Check(const Config& config, conf::Problems& problems) : config_(config), problems_(problems) {}

  void listeners();
  void admin();
  void backends();
  void sites();

 private:
  void plain_listener(const ListenerConfig& listener);
  void reachable();
  void hosts();
  bool certificates_exist() const;
  void backend_exists(const conf::Text& name);
  void allows_something(const SiteConfig& site);
  void rules(const SiteConfig& site);
  void paths(const SiteConfig& site);
  void path(const conf::Text& path, policy::PathProfile profile);
  policy::PathProfile profile_of(const conf::Text& backend) const;
  bool is_damaged(const conf::Place& block) const;

  const Config& config_;
  conf::Problems& problems_;
  std::set<std::string_view> used_backends_;
};

void Check::listeners() {
  const conf::Place whole_file{config_.file, 1, 1};
  if (config_.listeners.empty()) {
    problems_.error(
        whole_file, "conf.listener.none",
        {"there is no listener, so nobody can connect", "es gibt keinen Listener, also kann sich niemand verbinden"},
        {"add a block [[listener]] with address = \"[::]:443\"",
         "einen Block [[listener]] mit address = \"[::]:443\" ergänzen"});
  }
  for (std::size_t i = 0; i < config_.listeners.size(); ++i) {
    const ListenerConfig& listener = config_.listeners[i];
    plain_listener(listener);
    if (is_unset(listener.address) || listener.address.port() == 0) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const ListenerConfig& other = config_.listeners[j];
      bool same = other.address == listener.address;
      if (!same && !covers(other.address, listener.address) && !covers(listener.address, other.address)) continue;
      problems_.error(listener.place, "conf.listener.twice",
                      {cat(listener.address.to_text(), " is taken by the listener in line ", other.place.line),
                       cat(listener.address.to_text(), " belegt schon der Listener in Zeile ", other.place.line)},
                      {"remove one of the two, or give it another port",
                       "einen von beiden entfernen oder ihm einen anderen Port geben"});
      break;
    }
  }
}

void Check::plain_listener(const ListenerConfig& listener) {
  if (listener.tls || listener.redirect_to_https || is_unset(listener.address) || listener.address.is_loopback())
    return;
  problems_.warning(listener.place, "conf.listener.plain",
                    {cat(listener.address.to_text(),
                         " speaks plain HTTP to the network: everybody on the way can read and change it"),
                     cat(listener.address.to_text(),
                         " spricht unverschlüsseltes HTTP ins Netz: jeder unterwegs kann mitlesen und ändern")},
                    {"remove tls = false, or listen on 127.0.0.1 behind a program that ends TLS",
                     "tls = false entfernen, oder auf 127.0.0.1 hinter einem Programm warten, das TLS beendet"});
}

void Check::admin() {
  for (const ListenerConfig& listener : config_.listeners) {
    bool same = listener.address == config_.admin.address || covers(listener.address, config_.admin.address);
    if (!same || listener.address.port() == 0) continue;
    problems_.error(config_.admin.place, "conf.admin.address-taken",
                    {cat("the address of [admin] is taken by the listener in line ", listener.place.line),
                     cat("die Adresse von [admin] belegt schon der Listener in Zeile ", listener.place.line)},
                    {"give [admin] a port of its own", "[admin] einen eigenen Port geben"});
  }
  if (config_.admin.address.is_loopback()) return;
  problems_.warning(
      config_.admin.place, "conf.admin.exposed",
      {cat(config_.admin.address.to_text(), " shows status and metrics to the network without signing in"),
       cat(config_.admin.address.to_text(), " zeigt Zustand und Metriken ohne Anmeldung im Netz")},
      {"listen on 127.0.0.1, or let a firewall choose who gets there",
       "auf 127.0.0.1 warten, oder eine Firewall entscheiden lassen, wer dorthin gelangt"});
}

void Check::backend_exists(const conf::Text& name) {
  if (name.value.empty()) return;
  used_backends_.insert(name.value);
  std::vector<std::string_view> names;
  names.reserve(config_.backends.size());
  for (const BackendConfig& backend : config_.backends) names.emplace_back(backend.name.value);
  if (std::ranges::find(names, name.value) != names.end()) return;

  Message remedy = {cat("add a block [[backend]] with name = \"", name.value, "\" and its servers"),
                    cat("einen Block [[backend]] mit name = \"", name.value, "\" und seinen Servern ergänzen")};
  if (auto meant = conf::nearest(name.value, names))
    remedy = {cat("did you mean \"", *meant, "\"?"), cat("ist \"", *meant, "\" gemeint?")};
  problems_.error(name.place, "conf.site.backend",
                  {cat("there is no backend \"", name.value, '"'), cat("es gibt kein Backend \"", name.value, '"')},
                  std::move(remedy));
}

// After sites(), which knows who is used.
void Check::backends() {
  std::map<std::string_view, std::uint32_t> lines;
  for (const BackendConfig& backend : config_.backends) {
    const conf::Text& name = backend.name;
    if (name.value.empty()) continue;
    auto [first, is_new] = lines.emplace(name.value, name.place.line);
    if (!is_new) {
      problems_.error(name.place, "conf.backend.twice",
                      {cat("backend \"", name.value, "\" is there already, in line ", first->second),
                       cat("das Backend \"", name.value, "\" gibt es schon, in Zeile ", first->second)},
                      {"rename one of the two, or list all servers in one block",
                       "eines von beiden umbenennen oder alle Server in einem Block aufzählen"});
    } else if (!used_backends_.contains(name.value)) {
      problems_.warning(name.place, "conf.backend.unused",
                        {cat("no site uses backend \"", name.value, '"'),
                         cat("keine Site verwendet das Backend \"", name.value, '"')},
                        {cat("name it in a site: backend = \"", name.value, '"'),
                         cat("in einer Site angeben: backend = \"", name.value, '"')});
    }
  }
}

void Check::sites() {
  if (config_.sites.empty() && config_.passthroughs.empty()) {
    problems_.warning({config_.file, 1, 1}, "conf.site.none",
                      {"there is no site, so every request is answered with 404",
                       "es gibt keine Site, also wird jede Anfrage mit 404 beantwortet"},
                      {"add a block [[site]] with hosts, backend and allow",
                       "einen Block [[site]] mit hosts, backend und allow ergänzen"});
  }
  if (certificates_exist()) reachable();
  hosts();
  for (const SiteConfig& site : config_.sites) {
    backend_exists(site.backend);
    allows_something(site);
    rules(site);
    paths(site);
  }
}

// Whether something is wrong in the block that begins there. What seems to be missing from it may be what is wrong,
// and naming it once is enough.
bool Check::is_damaged(const conf::Place& block) const {
  std::uint32_t end = UINT32_MAX;
  auto narrow = [&](const auto& blocks) {
    for (const auto& other : blocks) {
      if (other.place.line > block.line) end = std::min(end, other.place.line);
    }
  };
  narrow(config_.listeners);
  narrow(config_.backends);
  narrow(config_.sites);
  narrow(config_.passthroughs);
  return std::ranges::any_of(problems_.all(), [&](const conf::Problem& problem) {
    std::uint32_t line = problem.place.line;
    return problem.severity == conf::Severity::Error && line >= block.line && line < end;
  });
}

policy::PathProfile Check::profile_of(const conf::Text& backend) const {
  for (const BackendConfig& one : config_.backends) {
    if (one.name.value == backend.value) return one.path_profile;
  }
  return policy::PathProfile::Generic;
}

void Check::paths(const SiteConfig& site) {
  policy::PathProfile profile = profile_of(site.backend);
  for (const conf::Text& allowed : site.allow) path(allowed, profile);
  for (const RuleConfig& rule : site.rules) path(rule.path, rule.backend ? profile_of(*rule.backend) : profile);
}

void Check::path(const conf::Text& path, policy::PathProfile profile) {
  // Without its slash it has been reported already.
  if (!path.value.starts_with('/')) return;
  Result<> good = policy::check_rule_path(path.value, profile);
  if (good) return;
  problems_.error(
      path.place, "conf.rule.path",
      {cat("path \"", path.value, "\" cannot be decided on: ", reason_in(good.error())),
       cat("über den Pfad \"", path.value, "\" lässt sich nicht entscheiden: Backends lesen ihn verschieden")},
      {"write the path as text, neither encoded nor with //, . or ..: \"/rest/übersicht\"",
       "den Pfad als Text schreiben, weder kodiert noch mit //, . oder ..: \"/rest/übersicht\""});
}

// Every site needs a listener that can serve it, and every TLS listener a certificate.
void Check::reachable() {
  auto is_plain = [](const ListenerConfig& one) { return !one.tls && !one.redirect_to_https; };
  bool plain = std::ranges::any_of(config_.listeners, is_plain);
  bool tls = std::ranges::any_of(config_.listeners, &ListenerConfig::tls);
  if (config_.listeners.empty()) return;
  for (const SiteConfig& site : config_.sites) {
    bool served = plain || (tls && site.has_certificate());
    if (served || site.hosts.empty() || is_damaged(site.place)) continue;
    const std::string& host = site.hosts.front().value;
    Message why = {"all of them only redirect", "alle leiten nur um"};
    Message remedy = {"add a block [[listener]] with address = \"[::]:443\"",
                      "einen Block [[listener]] mit address = \"[::]:443\" ergänzen"};
    if (tls) {
      why = {"it has no certificate, and none speaks plain HTTP",
             "es fehlt ein Zertifikat, und keiner spricht unverschlüsseltes HTTP"};
      remedy = {"add certificate = { chain = \"...\", key = \"...\" }",
                "certificate = { chain = \"...\", key = \"...\" } ergänzen"};
    }
    problems_.error(
        site.place, "conf.site.unreachable",
        {cat("no listener can serve ", host, ": ", why.en), cat("kein Listener kann ", host, " bedienen: ", why.de)},
        std::move(remedy));
  }
}

bool Check::certificates_exist() const {
  bool any = std::ranges::any_of(
      config_.sites, [this](const SiteConfig& site) { return site.has_certificate() || is_damaged(site.place); });
  auto listener = std::ranges::find_if(config_.listeners, &ListenerConfig::tls);
  // What is passed through needs none of ours.
  if (any || !config_.passthroughs.empty() || listener == config_.listeners.end()) return true;
  problems_.error(
      listener->place, "conf.listener.no-certificate",
      {"this listener speaks TLS, but no site has a certificate",
       "dieser Listener spricht TLS, aber keine Site hat ein Zertifikat"},
      {"give a site certificate = { chain = \"...\", key = \"...\" } or \"auto\", or set tls = false on loopback",
       "einer Site certificate = { chain = \"...\", key = \"...\" } oder \"auto\" geben, oder auf Loopback tls = false "
       "setzen"});
  return false;
}

void Check::hosts() {
  std::map<std::string_view, std::uint32_t> lines;
  for (const SiteConfig& site : config_.sites) {
    for (const conf::Text& host : site.hosts) {
      auto [first, is_new] = lines.emplace(host.value, host.place.line);
      if (is_new) continue;
      problems_.error(host.place, "conf.site.host-twice",
                      {cat("host \"", host.value, "\" stands already in line ", first->second),
                       cat("Host \"", host.value, "\" steht schon in Zeile ", first->second)},
                      {"a host belongs to one site: remove one of the two",
                       "ein Host gehört zu genau einer Site: einen von beiden entfernen"});
    }
  }
}

void Check::allows_something(const SiteConfig& site) {
  bool rule = std::ranges::any_of(site.rules, [](const RuleConfig& one) { return !one.deny; });
  if (!site.allow.empty() || site.preset != nullptr || rule || is_damaged(site.place)) return;
  problems_.warning(site.place, "conf.site.nothing-allowed",
                    {"this site allows no path, so every request is answered with 404",
                     "diese Site erlaubt keinen Pfad, also wird jede Anfrage mit 404 beantwortet"},
                    {"add allow = [\"/app\"], preset = \"cursor-crm\" or a [[site.rule]]",
                     "allow = [\"/app\"], preset = \"cursor-crm\" oder eine [[site.rule]] ergänzen"});
}

// Path, methods and clients of a rule as a text that is equal for rules that hold for the same requests.
std::string reach_of(const RuleConfig& rule, policy::PathProfile profile) {
  std::string path = comparable_path(rule.path.value, profile);
  std::set<std::string> methods(rule.methods.begin(), rule.methods.end()), networks;
  for (const net::Network& network : rule.from) networks.insert(network.to_text());
  for (const auto* parts : {&methods, &networks}) {
    path += '\n';
    for (const std::string& part : *parts) path += cat(part, ' ');
  }
  return path;
}

void Check::rules(const SiteConfig& site) {
  policy::PathProfile profile = profile_of(site.backend);
  std::map<std::string, std::uint32_t> lines;
  for (const RuleConfig& rule : site.rules) {
    if (rule.backend) backend_exists(*rule.backend);
    auto [first, is_new] = lines.emplace(reach_of(rule, profile), rule.place.line);
    if (is_new || rule.path.value.empty()) continue;
    problems_.error(
        rule.place, "conf.rule.twice",
        {cat("the rule in line ", first->second, " holds for the same path, methods and clients"),
         cat("die Regel in Zeile ", first->second, " gilt für denselben Pfad, dieselben Methoden und Clients")},
        {"join the two, or let them differ in methods or from",
         "beide zusammenlegen oder in methods oder from unterscheiden"});
  }
}

}  // namespace

void check_config(const Config& config, conf::Problems& problems) {
  Check check(config, problems);
  check.listeners();
  check.admin();
  check.sites();
  check.backends();
  check_passthroughs(config, problems);
  check_sign_in(config, problems);
  check_sticky_names(config, problems);
}

}  // namespace pforte::gate
