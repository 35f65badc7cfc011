#include "gate/config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "conf/document.h"
#include "conf/path.h"
#include "gate/check_config.h"
#include "gate/check_responsible.h"
#include "gate/network_config.h"
#include "gate/responsible_config.h"
#include "gate/unsupported_config.h"
#include "gate/wanted_certificates.h"

namespace pforte::gate {

using namespace std::chrono_literals;

namespace {

AdminConfig read_admin_config(conf::Reader& document) {
  AdminConfig config{.place = document.place_of("admin"),
                     .address = net::Address(std::array<std::uint8_t, 4>{127, 0, 0, 1}, 8444)};
  std::optional<conf::Reader> keys = document.table("admin");
  if (!keys) return config;
  std::optional<conf::Text> address = keys->text("address");
  if (address) {
    config.place = address->place;
    config.address = read_address(*address, keys->problems()).value_or(config.address);
  }
  keys->end();
  return config;
}

LogConfig read_log_config(conf::Reader& document) {
  LogConfig config;
  std::optional<conf::Reader> keys = document.table("log");
  if (!keys) return config;
  std::optional<conf::Text> access = keys->text("access");
  if (access && access->value.empty()) {
    keys->problems().error(access->place, "conf.empty", {"access is empty", "access ist leer"},
                           {"write a file, \"-\" for standard output, or \"off\"",
                            "eine Datei, \"-\" für die Standardausgabe oder \"off\" schreiben"});
  } else if (access) {
    bool is_file = access->value != "-" && access->value != "off";
    config.access = is_file ? conf::resolved(*std::move(access)) : *std::move(access);
  }
  keys->end();
  return config;
}

TlsConfig read_tls_config(conf::Reader& document) {
  TlsConfig config;
  std::optional<conf::Reader> keys = document.table("tls");
  if (!keys) return config;
  config.profile = read_tls_profile_config(*keys, "profile", config.profile);
  config.ticket_rotation = keys->duration_or("ticket_rotation", config.ticket_rotation, {1min, 7 * 24h});
  keys->end();
  return config;
}

void refuse_what_is_to_come(conf::Reader& keys) {
  refuse_unsupported(keys, "store",
                     {"share its state with other nodes", "ihren Zustand nicht mit anderen Knoten teilen"});
}

bool asks_anybody(const std::vector<SiteConfig>& sites) {
  auto asks = [](SignInNeed need) { return need != SignInNeed::None; };
  return std::ranges::any_of(sites, [&](const SiteConfig& site) {
    auto own = [&](const RuleConfig& rule) { return rule.sign_in && asks(*rule.sign_in); };
    return asks(site.sign_in) || std::ranges::any_of(site.rules, own);
  });
}

// Where [sign_in] lists no providers: whatever is configured.
std::vector<identity::Provider> configured_providers(const Config& config) {
  std::vector<identity::Provider> providers;
  if (config.kerberos) providers.push_back(identity::Provider::Kerberos);
  if (config.ldap) providers.push_back(identity::Provider::Ldap);
  if (asks_anybody(config.sites)) providers.push_back(identity::Provider::Database);
  return providers;
}

// The properties file of the application switches Kerberos off, as it does there: as if there were no [kerberos].
void leave_kerberos_out(Config& config, conf::Problems& problems) {
  Message what = {"kerberos.v5.enabled is false: nobody signs in by Kerberos",
                  "kerberos.v5.enabled ist false: niemand meldet sich mit Kerberos an"};
  Message remedy = {
      "remove the line or write true for Kerberos; `pforte service stop kerberos` stops it without a reload",
      "die Zeile entfernen oder true schreiben, damit es Kerberos gibt; `pforte service stop kerberos` hält "
      "es ohne Neuladen an"};
  bool was_listed = std::erase(config.sign_in.providers, identity::Provider::Kerberos) != 0;
  if (was_listed && config.sign_in.providers_place) {
    what.en += ", although providers lists it";
    what.de += ", obwohl providers es nennt";
    problems.warning(*config.kerberos->switched_off, "kerberos.switched-off", std::move(what), std::move(remedy));
  } else {
    problems.note(*config.kerberos->switched_off, "kerberos.switched-off", std::move(what), std::move(remedy));
  }
  config.kerberos.reset();
}

void read_sign_in(conf::Reader& document, Config& config) {
  if (std::optional<conf::Reader> keys = document.table("kerberos"))
    config.kerberos = kerberos::read_kerberos_config(*std::move(keys));
  if (std::optional<conf::Reader> keys = document.table("ldap"))
    config.ldap = identity::read_ldap_config(*std::move(keys));
  if (std::optional<conf::Reader> keys = document.table("sign_in"))
    config.sign_in = identity::read_sign_in_config(*std::move(keys));
  if (config.sign_in.providers.empty()) config.sign_in.providers = configured_providers(config);
  if (config.kerberos && config.kerberos->switched_off) leave_kerberos_out(config, document.problems());
}

conf::Text state_dir_in(conf::Reader& keys, const std::string& file) {
  conf::Text otherwise = {.value = Config().state_dir, .place = {.file = file, .line = 0, .column = 0}};
  return conf::resolved(keys.text("state_dir").value_or(std::move(otherwise)));
}

Config read_document_config(conf::Reader keys, const std::string& file) {
  Config config;
  config.file = file;
  conf::Text state_dir = state_dir_in(keys, file);
  config.state_dir = std::move(state_dir.value);
  config.state_dir_place = std::move(state_dir.place);
  config.workers = static_cast<unsigned>(keys.number_or("workers", config.workers, {0, 1024}));
  refuse_what_is_to_come(keys);
  for (conf::Reader& listener : keys.tables("listener", conf::Shape::List))
    config.listeners.push_back(read_listener_config(std::move(listener)));
  config.admin = read_admin_config(keys);
  config.log = read_log_config(keys);
  config.tls = read_tls_config(keys);
  config.ca = read_ca_config(keys);
  config.cache = read_cache_memory_config(keys);
  config.contacts = read_contacts_config(keys);
  config.alarm = read_alarm_config(keys);
  std::vector<ResponsibleConfig> responsible = read_responsible_config(keys);  // the gate itself calls nobody
  if (std::optional<conf::Reader> limits = keys.table("limits")) config.limits = read_limits_config(*std::move(limits));
  for (conf::Reader& backend : keys.tables("backend", conf::Shape::List))
    config.backends.push_back(read_backend_config(std::move(backend)));
  SiteDefaults defaults{.tls_profile = config.tls.profile, .limits = config.limits.request};
  for (conf::Reader& site : keys.tables("site", conf::Shape::List))
    config.sites.push_back(read_site_config(std::move(site), defaults));
  for (conf::Reader& passthrough : keys.tables("passthrough", conf::Shape::List))
    config.passthroughs.push_back(read_passthrough_config(std::move(passthrough)));
  for (conf::Reader& ca : keys.tables("acme", conf::Shape::List))
    config.acme.push_back(acme::read_ca_config(std::move(ca)));
  read_sign_in(keys, config);
  check_responsible(responsible, config, keys.problems());
  keys.end();
  return config;
}

// A misspelt key is an error, and what seems to be missing for it is none: then it is read again as it was meant.
Config read_as_meant(conf::Table& document, const std::string& file, conf::Problems& problems) {
  // What a misspelt block holds is read the next time only, with slips of its own; blocks are not as deep as this.
  constexpr int kMostReadings = 8;
  conf::Problems told = problems;
  for (int reading = 1;; ++reading) {
    std::vector<conf::Slip> slips;
    problems = told;
    Config config = read_document_config(conf::Reader(document, problems, &slips), file);
    if (slips.empty() || reading == kMostReadings) return config;
    for (const conf::Slip& slip : slips) told.add(slip.problem);
    conf::read_as_meant(document, slips);
  }
}

// The key that seems to be state_dir, where the document has none.
std::optional<conf::Problem> misspelt_state_dir(const conf::Table& document, const std::string& file) {
  conf::Problems others;
  std::vector<conf::Slip> slips;
  read_document_config(conf::Reader(document, others, &slips), file);
  auto slip = std::ranges::find_if(
      slips, [&](const conf::Slip& one) { return one.table == &document && one.meant == "state_dir"; });
  return slip == slips.end() ? std::nullopt : std::optional(std::move(slip->problem));
}

std::optional<Config> parse_draft(std::string_view text, const std::string& file, conf::Problems& problems) {
  std::optional<conf::Table> document = conf::read_document(text, file, problems);
  if (!document) return std::nullopt;
  Config config = read_as_meant(*document, file, problems);
  check_config(config, problems);
  check_acme_config(config, problems);
  return config;
}

}  // namespace

std::optional<Config> read_draft(const std::string& file, conf::Problems& problems) {
  std::optional<std::string> text = conf::read_file(file, problems);
  return text ? parse_draft(*text, file, problems) : std::nullopt;
}

std::optional<Config> read_config(const std::string& file, conf::Problems& problems) {
  std::optional<std::string> text = conf::read_file(file, problems);
  return text ? parse_config(*text, file, problems) : std::nullopt;
}

std::optional<Config> parse_config(std::string_view text, const std::string& file, conf::Problems& problems) {
  std::optional<Config> config = parse_draft(text, file, problems);
  return problems.has_errors() ? std::nullopt : std::move(config);
}

std::optional<conf::Text> read_state_dir(const std::string& file, conf::Problems& problems) {
  std::optional<std::string> text = conf::read_file(file, problems);
  std::optional<conf::Table> document = text ? conf::read_document(*text, file, problems) : std::nullopt;
  if (!document) return std::nullopt;
  conf::Reader keys(*document, problems);
  bool is_named = keys.has("state_dir");
  std::optional<conf::Problem> misspelt = is_named ? std::nullopt : misspelt_state_dir(*document, file);
  if (misspelt) {
    problems.add(*std::move(misspelt));
    return std::nullopt;
  }
  conf::Text state_dir = state_dir_in(keys, file);
  bool is_text = !is_named || keys.has_text("state_dir");
  return is_text ? std::optional(std::move(state_dir)) : std::nullopt;
}

}  // namespace pforte::gate
