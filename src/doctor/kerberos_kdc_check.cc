#include "doctor/kerberos_kdc_check.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/all_ended.h"
#include "doctor/kerberos_kdc_reach.h"
#include "doctor/kerberos_kdc_ticket.h"
#include "doctor/krb5_lint.h"
#include "kerberos/kdc_client.h"
#include "kerberos/kdc_locations.h"

namespace pforte::doctor {
namespace {

using kerberos::KdcTransport;
using Tasks = std::vector<net::Task<>>;

std::chrono::milliseconds step_of(const Setting& setting) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(setting.step);
}

std::vector<KeyedService> services_of(const KerberosFacts& facts, const std::string& realm) {
  std::vector<KeyedService> services;
  for (const kerberos::KeytabConfig& one : facts.config.keytabs) {
    if (one.principal.realm != realm) continue;
    const std::vector<std::string>& allowed = facts.config.allow_rc4;
    bool rc4 = std::ranges::find(allowed, one.principal.to_text()) != allowed.end();
    services.push_back({one.principal, one.keytab.value, rc4});
  }
  return services;
}

bool is_concerned(const KerberosFacts& facts, const std::string& realm) {
  return !facts.alone || std::ranges::any_of(facts.config.keytabs, [&](const kerberos::KeytabConfig& one) {
    return one.principal.realm == realm && facts.concerns(one.principal);
  });
}

// Where TCP comes first (krb5.conf(5)), or the realm is another service's, nobody waits for UDP.
Level level_without_udp(const KerberosFacts& facts, const std::string& realm) {
  const kerberos::Krb5Relation* limit = facts.krb5.find({"libdefaults", "udp_preference_limit"});
  bool tcp_first = limit && (limit->value == "1" || limit->value == "0");
  return tcp_first || !is_concerned(facts, realm) ? Level::Note : Level::Warning;
}

// Whether the realm has the only service of some host.
Level level_without_kdc(const KerberosFacts& facts, const std::string& realm) {
  const std::vector<kerberos::KeytabConfig>& all = facts.config.keytabs;
  bool only = std::ranges::any_of(all, [&](const kerberos::KeytabConfig& one) {
    auto is_other = [&](const kerberos::KeytabConfig& other) {
      return other.principal.realm != realm && other.principal.components == one.principal.components;
    };
    return one.principal.realm == realm && facts.concerns(one.principal) && std::ranges::none_of(all, is_other);
  });
  return only ? Level::Error : Level::Warning;
}

net::Task<> ask_one_way(const Setting& setting, KdcReach& kdc, KdcTransport transport, kerberos::Principal client) {
  kerberos::KdcRoute route{.address = kdc.address, .transport = transport, .limit = step_of(setting)};
  auto work = [route = std::move(route), client = std::move(client)] { return ask_kdc_once(route, client); };
  Result<KdcReach::Answer> answer = co_await outcome(setting.pool.run<KdcReach::Answer>(setting.loop, std::move(work)));
  (transport == KdcTransport::Udp ? kdc.udp : kdc.tcp) = std::move(answer);
  co_return {};
}

net::Task<> find_kdcs(HostNames& names, const KerberosFacts& facts, RealmReach& reach) {
  std::vector<kerberos::KdcAddress> addresses = kerberos::kdcs_in(facts.krb5, reach.realm);
  if (addresses.empty() && kerberos::asks_dns_for_kdcs(facts.krb5)) {
    for (std::string_view service : {"_kerberos._tcp.", "_kerberos._udp."}) {
      DnsAnswer answer = co_await names.ask(cat(service, lowered(reach.realm)), DnsType::Srv);
      for (DnsService& one : answer.services) {
        kerberos::KdcAddress address{.host = std::move(one.host), .port = one.port};
        bool is_new = std::ranges::find(addresses, address) == addresses.end();
        if (is_new && !address.host.empty()) addresses.push_back(std::move(address));  // RFC 2782: "." is none
      }
    }
  }
  reach.kdcs.resize(addresses.size());
  for (std::size_t i = 0; i < addresses.size(); ++i) reach.kdcs[i].address = std::move(addresses[i]);
  co_return {};
}

net::Task<> reach_realm(const Setting& setting, RealmReach& reach, const kerberos::Principal& client) {
  Tasks tasks;
  tasks.reserve(2 * reach.kdcs.size());
  for (KdcReach& kdc : reach.kdcs) {
    tasks.push_back(ask_one_way(setting, kdc, KdcTransport::Udp, client));
    tasks.push_back(ask_one_way(setting, kdc, KdcTransport::Tcp, client));
  }
  co_await all_ended(std::move(tasks));
  co_return {};
}

net::Task<> try_ticket(const Setting& setting, TicketQuestion question, Path& path) {
  auto work = [question = std::move(question)]() -> Result<std::vector<Finding>> { return examine_ticket(question); };
  std::vector<Finding> findings = co_await setting.pool.run<std::vector<Finding>>(setting.loop, std::move(work));
  for (Finding& one : findings) path.tell(std::move(one));
  co_return {};
}

net::Task<> try_services(const Setting& setting, const KerberosFacts& facts, const KerberosHops& hops,
                         const RealmReach& reach, Path& path) {
  const KdcReach* kdc = reach.usable();
  if (!kdc) co_return {};
  std::vector<KeyedService> services = services_of(facts, reach.realm);
  kerberos::KdcRoute route{.address = kdc->address, .transport = *kdc->best(), .limit = step_of(setting)};
  std::chrono::seconds ahead = kdc->answer()->clock_ahead().value_or(std::chrono::seconds(0));
  Tasks tasks;
  tasks.reserve(services.size());
  for (const KeyedService& service : services) {
    if (!facts.concerns(service.principal)) continue;
    TicketQuestion question{.route = route,
                            .service = service,
                            .others = services,
                            .krb5_config = facts.krb5_name,
                            .clock_is_right = std::chrono::abs(ahead) <= reach.skew,
                            .gate_hop = hops.gate,
                            .keytab_hop = hops.keytab,
                            .kdc_hop = reach.hop};
    std::erase_if(question.others, [&](const KeyedService& other) { return other.principal == service.principal; });
    tasks.push_back(try_ticket(setting, std::move(question), path));
  }
  co_await all_ended(std::move(tasks));
  co_return {};
}

net::Task<> examine_realm(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, const KerberosHops& hops,
                          HostNames& names, std::string realm, Path& path) {
  RealmReach reach{
      .realm = realm, .krb5_config = facts->krb5_name, .hop = hops.realms.at(realm), .kdcs = {}, .meant = {}};
  reach.skew = facts->config.clock_skew.value_or(reach.skew);
  reach.without_udp = level_without_udp(*facts, realm);
  reach.without_kdc = level_without_kdc(*facts, realm);
  reach.meant = facts->realm_meant_by(realm);
  path.reach(reach.hop);
  co_await find_kdcs(names, *facts, reach);
  std::vector<KeyedService> services = services_of(*facts, realm);
  kerberos::Principal nobody{{"pforte-doctor"}, realm};  // that it is unknown is an answer as well
  co_await reach_realm(setting, reach, services.empty() ? nobody : services.front().principal);
  tell_reach(reach, path);
  co_await try_services(setting, *facts, hops, reach, path);
  co_return {};
}

}  // namespace

net::Task<> examine_kdcs(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, const KerberosHops& hops,
                         HostNames& names, Path& path) {
  Tasks tasks;
  tasks.reserve(hops.realms.size());
  for (const auto& [realm, hop] : hops.realms) tasks.push_back(examine_realm(setting, facts, hops, names, realm, path));
  co_await all_ended(std::move(tasks));
  co_return {};
}

}  // namespace pforte::doctor
