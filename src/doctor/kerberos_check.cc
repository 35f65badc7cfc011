#include "doctor/kerberos_check.h"

#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "doctor/directory_check.h"
#include "doctor/host_names.h"
#include "doctor/kerberos_kdc_check.h"
#include "doctor/krb5_lint.h"
#include "doctor/look_aside.h"
#include "doctor/realm_examination.h"
#include "doctor/spn_check.h"
#include "kerberos/keytab.h"

namespace pforte::doctor {
namespace {

constexpr Check kKrb5Holds{.id = "krb5.holds", .source = "", .why = {"", ""}};
constexpr Check kNoKerberos{.id = "krb5.no-kerberos",
                            .source = "",
                            .why = {"without it nobody signs in by a ticket",
                                    "ohne es meldet sich niemand mit einem "
                                    "Ticket an"}};

constexpr Check kServiceStopped{
    .id = "krb5.service-stopped",
    .source = "pforte(1), service",
    .why = {"the gate takes no ticket until it is started again, however right everything else is",
            "das Tor nimmt kein Ticket an, bis er wieder gestartet ist, so richtig alles andere auch ist"}};

// As it is told by whoever fetches it.
constexpr Check kTicketFetched{.id = "ticket.accepted", .source = "", .why = {"", ""}};

constexpr std::size_t kFileHop = 1;

void look_at_files(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  tell_kerberos_problems(facts, hops, path);
  lint_krb5(facts, hops, path);
  if (path.worst_of(hops.krb5) < Level::Warning && !facts.krb5_name.empty()) {
    path.tell({.check = kKrb5Holds,
               .level = Level::Ok,
               .hop = hops.krb5,
               .seen = {cat(facts.krb5_name, " holds"), cat(facts.krb5_name, " ist in Ordnung")}});
  }
  check_service_names(facts, hops, path);
  check_service_keytabs(facts, hops, path);
}

// The services for which a ticket was fetched.
std::set<std::string> services_with_tickets(const Path& path) {
  std::set<std::string> services;
  for (const Finding* finding : path.in_order()) {
    if (finding->check.id != kTicketFetched.id) continue;
    for (const Evidence& one : finding->evidence) {
      if (one.name.en == "service") services.insert(one.value);
    }
  }
  return services;
}

}  // namespace

net::Task<> examine_kerberos(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, KerberosHops hops,
                             Path& path) {
  path.reach(hops.gate);
  if (facts->config.keytabs.empty() && facts->hosts.empty()) {
    path.tell({.check = kNoKerberos,
               .level = Level::Note,
               .hop = hops.gate,
               .seen = {"the configuration has no service, and asks nobody to sign in",
                        "die Konfiguration hat keinen Dienst und fordert niemanden zur Anmeldung auf"}});
  }
  if (facts->stopped) {
    path.tell({.check = kServiceStopped,
               .level = Level::Error,
               .hop = hops.gate,
               .seen = {"the service kerberos is stopped, so nobody is signed in by a ticket",
                        "der Dienst kerberos ist angehalten; mit einem Ticket wird also niemand angemeldet"},
               .remedy = {"start it: pforte service start kerberos", "ihn starten: pforte service start kerberos"},
               .command = "pforte service list"});
  }
  auto look = [facts, hops](Path& copy) { look_at_files(*facts, hops, copy); };
  co_await look_aside(setting, path, std::move(look));
  HostNames names(setting, facts->names);
  co_await examine_realms(names, *facts, hops, path);
  co_await examine_kdcs(setting, facts, hops, names, path);
  if (!facts->directory) co_return {};
  path.reach(hops.directory);
  auto ask = [facts, hops, given = services_with_tickets(path)](Path& copy) {
    check_accounts(*facts, hops, given, copy);
  };
  co_await look_aside(setting, path, std::move(ask));
  if (facts->alone || facts->directory->agents.empty()) co_return {};
  auto measure = [facts, hops](Path& copy) { check_ticket_sizes(*facts, hops, copy); };
  co_await look_aside(setting, path, std::move(measure));
  co_return {};
}

Path path_of_keytab(const std::string& file) {
  return {cat("keytab ", file), {{.name = {"gate", "Tor"}, .reached = true}, {.name = {file, file}}}};
}

net::Task<> examine_keytab(const Setting& setting, std::string file, uid_t user, Path& path) {
  auto look = [file = std::move(file), user](Path& copy) { check_keytab_file(file, user, false, {copy, kFileHop}); };
  co_await look_aside(setting, path, std::move(look));
  co_return {};
}

}  // namespace pforte::doctor
