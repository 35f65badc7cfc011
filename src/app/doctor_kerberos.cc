#include "app/doctor_kerberos.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/doctor_running.h"
#include "app/doctor_view.h"
#include "app/keytab_command.h"
#include "app/sign_in_steps.h"
#include "app/unread_configuration.h"
#include "base/ascii.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/nearest.h"
#include "doctor/file_rights.h"
#include "doctor/kerberos_check.h"
#include "gate/config.h"
#include "identity/agents.h"
#include "identity/ldap_server.h"
#include "kerberos/keytab_records.h"
#include "kerberos/krb5_file.h"
#include "kerberos/service_name.h"
#include "store/store.h"

namespace pforte::app {
namespace {

std::vector<conf::Text> sign_in_hosts(const gate::Config& config) {
  std::vector<conf::Text> hosts;
  for (const gate::SiteConfig& site : config.sites) {
    if (asks_to_sign_in(site)) hosts.insert(hosts.end(), site.hosts.begin(), site.hosts.end());
  }
  return hosts;
}

// The krb5.conf that the gate reads. Its problems have been told with the configuration, if that names it.
void read_krb5(doctor::KerberosFacts& facts, const gate::Config& config) {
  std::error_code why;
  bool system = std::filesystem::is_regular_file(kerberos::kSystemKrb5File, why);
  conf::Text file{.value = system ? std::string(kerberos::kSystemKrb5File) : "", .place = {}};
  if (facts.config.config) file = *facts.config.config;
  facts.krb5_name = file.value;
  if (file.value.empty()) return;
  conf::Problems problems;
  facts.krb5 = kerberos::check_krb5_file(file, problems);
  if (!config.kerberos) facts.problems = std::move(problems);
}

doctor::KerberosFacts facts_of(const gate::Config& config, conf::Problems problems) {
  doctor::KerberosFacts facts;
  if (config.kerberos) facts.config = *config.kerberos;
  facts.problems = std::move(problems);
  facts.hosts = sign_in_hosts(config);
  facts.gate_user = doctor::owner_of(config.state_dir).value_or(::geteuid());
  read_krb5(facts, config);
  return facts;
}

// What --ldap, --bind-dn and --password-file name; it is encrypted wherever it leaves this machine.
identity::LdapConfig named_directory(const DoctorCall& call, const std::string& url, const gate::Config& config) {
  const CommandLine& line = call.line;
  identity::LdapConfig directory;
  directory.servers.push_back({.value = url, .place = {}});
  conf::Problems problems;
  std::optional<identity::LdapServer> server = identity::read_ldap_server(directory.servers.front(), problems);
  directory.start_tls = server && !server->tls && !server->is_loopback();
  directory.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(call.setting.step);
  if (config.ldap) directory.trust = config.ldap->trust;
  directory.bind_dn = line.value_of("--bind-dn");
  if (std::optional<std::string> file = line.value_of("--password-file"))
    directory.bind_password_file = conf::Text{.value = *file, .place = {}};
  return directory;
}

// Who may sign in, by the store; nobody where there is none or it cannot be read.
std::vector<doctor::AgentName> agents_of(const std::string& state_dir) {
  std::vector<doctor::AgentName> names;
  std::string file = cat(state_dir, "/pforte.db");
  std::error_code failure;
  if (!std::filesystem::exists(file, failure)) return names;
  Result<std::unique_ptr<store::Store>> store = store::open_sqlite(file);
  if (!store) return names;
  identity::Agents agents(**store);
  Result<> read = agents.each([&](const identity::Agent& agent) {
    if (!agent.disabled) names.push_back({.login = agent.login, .principals = agent.principals});
  });
  return read ? names : std::vector<doctor::AgentName>();
}

std::optional<doctor::DirectoryFacts> directory_of(const DoctorCall& call, const gate::Config& config) {
  std::optional<std::string> url = call.line.value_of("--ldap");
  if (!url && !config.ldap) return std::nullopt;
  doctor::DirectoryFacts facts{.config = url ? named_directory(call, *url, config) : *config.ldap,
                               .is_typed = url.has_value(),
                               .may_be_another = !url,
                               .agents = agents_of(config.state_dir),
                               .authorization = config.limits.authorization,
                               .application_signs_in = std::ranges::any_of(
                                   config.backends, [](const auto& one) { return one.connection_sign_in; })};
  return facts;
}

std::string without_realm(const std::string& service) {
  return service.substr(0, service.rfind('@'));
}

// What can be examined alone: each service with a keytab, and what a host without one would be.
std::vector<std::string> services_to_name(const doctor::KerberosFacts& facts) {
  std::vector<std::string> names;
  names.reserve(facts.config.keytabs.size() + facts.hosts.size());
  for (const kerberos::KeytabConfig& one : facts.config.keytabs) names.push_back(one.principal.to_text());
  for (const conf::Text& host : facts.hosts) {
    std::string service = cat("HTTP/", host.value);
    auto is_it = [&](const std::string& name) { return equals_ignoring_case(without_realm(name), service); };
    if (host.value.starts_with('*') || kerberos::is_address(host.value) || std::ranges::any_of(names, is_it)) continue;
    for (const std::string& realm : facts.realms()) names.push_back(cat(service, '@', realm));
    if (facts.realms().empty()) names.push_back(std::move(service));
  }
  return names;
}

Complaint no_such_service(const std::string& typed, const std::vector<std::string>& names) {
  constexpr std::size_t kMostNamedServices = 10;
  std::vector<std::string> listed(names.begin(),
                                  names.begin() + std::ptrdiff_t(std::min(names.size(), kMostNamedServices)));
  if (listed.size() < names.size()) listed.emplace_back("...");
  std::string all = printable(joined(listed, ", "));
  std::vector<std::string> as_typed = names;
  if (!typed.contains('@')) std::ranges::transform(names, as_typed.begin(), without_realm);
  std::vector<std::string_view> candidates(as_typed.begin(), as_typed.end());
  std::optional<std::string_view> meant = conf::nearest(typed, candidates);
  std::string service = without_realm(typed);
  if (kerberos::is_address(std::string_view(service).substr(service.find('/') + 1))) {
    return {printable(typed),
            kInvalidInput,
            {"browsers ask for no ticket for an address, and no service of that name is configured",
             "für eine Adresse fragen Browser nach keinem Ticket, und kein Dienst dieses Namens ist konfiguriert"},
            {cat("name the service of a host; there ", all.empty() ? "are none" : "are: ", all),
             cat("den Dienst eines Rechners nennen; es gibt ", all.empty() ? "keine" : "diese: ", all)}};
  }
  return {printable(typed),
          kInvalidInput,
          {cat("no service of that name is configured; there ", all.empty() ? "are none" : "are: ", all),
           cat("kein Dienst dieses Namens ist konfiguriert; es gibt ", all.empty() ? "keine" : "diese: ", all)},
          meant ? Message{cat("do you mean ", *meant, "?"), cat("ist ", *meant, " gemeint?")}
                : Message{"pforte doctor kerberos, without a name, examines all of them",
                          "pforte doctor kerberos, ohne Namen, untersucht alle"}};
}

// "HTTP/crm.example.com" as it is configured, of what was typed with or without its realm.
Answer<std::string> configured_service(const std::string& typed, const doctor::KerberosFacts& facts) {
  std::vector<std::string> names = services_to_name(facts);
  for (const std::string& name : names) {
    std::string service = without_realm(name);
    bool realm_fits = !typed.contains('@') || typed.substr(typed.rfind('@')) == name.substr(service.size());
    if (realm_fits && equals_ignoring_case(without_realm(typed), service)) return service;
  }
  return std::unexpected(no_such_service(typed, names));
}

void add_rc4(const DoctorCall& call, std::shared_ptr<const doctor::KerberosFacts> facts, doctor::Rc4Tickets tickets,
             Examinations& examinations) {
  doctor::KerberosPath made = doctor::path_of_kerberos(*facts, "kerberos --rc4");
  examinations.push_back({.path = std::make_unique<doctor::Path>(std::move(made.path)),
                          .work = [&setting = call.setting, facts = std::move(facts), hops = std::move(made.hops),
                                   tickets = std::move(tickets)](doctor::Path& path) {
                            return doctor::examine_rc4(setting, facts, tickets, hops, path);
                          }});
}

}  // namespace

Answer<void> add_kerberos(const DoctorCall& call, const std::string& service, Examinations& examinations) {
  if (std::optional<std::string> url = call.line.value_of("--ldap")) {
    conf::Problems wrong;
    if (!identity::read_ldap_server({.value = *url, .place = {"--ldap", 0, 0}}, wrong))
      return std::unexpected(unread_configuration("--ldap", wrong));
  }
  std::string file = config_file(call.line);
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_draft(file, problems);
  if (!config) return std::unexpected(unread_configuration(file, problems));
  auto facts = std::make_shared<doctor::KerberosFacts>(facts_of(*config, std::move(problems)));
  std::shared_ptr<const PathView> view = TRY(path_view_of(call));
  facts->names = view->names;
  facts->directory = directory_of(call, *config);
  if (!service.empty()) facts->alone = TRY(configured_service(service, *facts));
  std::string subject = service.empty() ? "kerberos" : cat("kerberos ", service);
  RunningSignIn running = running_sign_in_of(config->state_dir);
  facts->stopped = !running.kerberos_runs.value_or(look_at_sign_in(*config).kerberos_runs);
  if (call.line.has("--rc4")) add_rc4(call, facts, std::move(running.rc4), examinations);
  doctor::KerberosPath made = doctor::path_of_kerberos(*facts, subject);
  examinations.push_back({.path = std::make_unique<doctor::Path>(std::move(made.path)),
                          .work = [&setting = call.setting, facts, hops = std::move(made.hops)](doctor::Path& path) {
                            return doctor::examine_kerberos(setting, facts, hops, path);
                          }});
  return {};
}

Answer<void> add_configured_kerberos(const DoctorCall& call, Examinations& examinations) {
  conf::Problems told_already;
  std::optional<gate::Config> config = gate::read_draft(config_file(call.line), told_already);
  if (!config || !config->kerberos) return {};
  return add_kerberos(call, "", examinations);
}

Answer<void> add_keytab(const DoctorCall& call, const std::string& file, Examinations& examinations) {
  TRY(unless_faulty(kerberos::read_keytab_records(file)));
  uid_t user = ::geteuid();
  examinations.push_back({.path = std::make_unique<doctor::Path>(doctor::path_of_keytab(file)),
                          .work = [&setting = call.setting, file, user](doctor::Path& path) {
                            return doctor::examine_keytab(setting, file, user, path);
                          }});
  return {};
}

}  // namespace pforte::app
