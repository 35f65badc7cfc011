#include "app/doctor_kerberos.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "app/sign_in_steps.h"
#include "base/text.h"
#include "doctor/file_rights.h"
#include "doctor/kerberos_check.h"
#include "gate/config.h"
#include "kerberos/krb5_file.h"

namespace pforte::app {
namespace {

Complaint unreadable_configuration(const std::string& file, const conf::Problems& problems) {
  for (const conf::Problem& one : problems.all()) {
    if (one.severity == conf::Severity::Error) return {conf::to_text(one.place), kInvalidInput, one.what, one.remedy};
  }
  return {file, kInvalidInput, {"cannot be read", "ist nicht lesbar"}, {"pforte check", "pforte check"}};
}

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

// "HTTP/crm.example.com" of what was typed, perhaps with a realm.
std::string without_realm(const std::string& service) {
  return service.substr(0, service.find('@'));
}

}  // namespace

Answer<void> add_kerberos(const DoctorCall& call, const std::string& service, Examinations& examinations) {
  std::string file = config_file(call.line);
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_draft(file, problems);
  if (!config) return std::unexpected(unreadable_configuration(file, problems));
  auto facts = std::make_shared<doctor::KerberosFacts>(facts_of(*config, std::move(problems)));
  if (!service.empty()) facts->alone = without_realm(service);
  std::string subject = service.empty() ? "kerberos" : cat("kerberos ", service);
  doctor::KerberosPath made = doctor::path_of_kerberos(*facts, std::move(subject), false);
  examinations.push_back({.path = std::make_unique<doctor::Path>(std::move(made.path)),
                          .work = [&setting = call.setting, facts, hops = std::move(made.hops)](doctor::Path& path) {
                            return doctor::examine_kerberos(setting, facts, hops, path);
                          }});
  return {};
}

Answer<void> add_keytab(const DoctorCall& call, const std::string& file, Examinations& examinations) {
  uid_t user = ::geteuid();
  examinations.push_back({.path = std::make_unique<doctor::Path>(doctor::path_of_keytab(file)),
                          .work = [&setting = call.setting, file, user](doctor::Path& path) {
                            return doctor::examine_keytab(setting, file, user, path);
                          }});
  return {};
}

}  // namespace pforte::app
