#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/krb5_lint.h"
#include "kerberos/kdc_locations.h"

namespace pforte::doctor {
namespace {

using kerberos::Krb5Relation;

constexpr std::string_view kDomainManual = "krb5.conf(5), [domain_realm]";

constexpr Check kDomainCase{.id = "krb5.domain-case",
                            .source = kDomainManual,
                            .why = {"hosts are looked up in small letters, so that the line never applies",
                                    "Rechner werden in Kleinbuchstaben gesucht; die Zeile gilt also nie"}};
constexpr Check kDomainRealm{.id = "krb5.domain-realm-unknown",
                             .source = kDomainManual,
                             .why = {"tickets for these hosts are asked of a realm that nobody finds",
                                     "Tickets für diese Rechner werden von einem Realm erbeten, den niemand findet"}};
constexpr Check kDomainDot{
    .id = "krb5.domain-without-dot",
    .source = kDomainManual,
    .why = {"MIT and Java take it for the domain as well, Heimdal and macOS for the one host of this name",
            "MIT und Java nehmen es auch als Domäne, Heimdal und macOS nur als den einen Rechner dieses Namens"}};
constexpr Check kDomainOneLabel{.id = "krb5.domain-one-label",
                                .source = kDomainManual,
                                .why = {"browsers use full names, and no full name lies under a single word",
                                        "Browser verwenden volle Namen, und unter einem einzelnen Wort liegt keiner"}};
constexpr Check kHostUncovered{
    .id = "krb5.host-not-covered",
    .source = "krb5.conf(5), [domain_realm]; MIT krb5, hostrealm_domain.c",
    .why = {"clients with this file guess the realm by the host's domain, and ask the wrong one for the ticket",
            "Clients mit dieser Datei raten den Realm nach der Domäne des Rechners und fragen den falschen"}};
constexpr Check kHostElsewhere{.id = "krb5.host-in-other-realm",
                               .source = kDomainManual,
                               .why = {"clients with this file ask another realm for the ticket than has the service",
                                       "Clients mit dieser Datei bitten einen anderen Realm um das Ticket"}};

class DomainsLint {
 public:
  DomainsLint(const KerberosFacts& facts, std::size_t hop, Path& path)
      : facts_(facts), file_(facts.krb5), hop_(hop), path_(path) {}

  void judge() {
    for (const Krb5Relation& relation : file_.relations) {
      if (relation.path.size() == 2 && relation.path[0] == "domain_realm") entry(relation);
    }
    for (const conf::Text& host : facts_.hosts) covered(host.value);
  }

 private:
  void tell(const Krb5Relation& relation, const Check& check, Message seen, Message remedy) {
    Finding finding = about(relation, check, Level::Warning, hop_);
    finding.seen = std::move(seen);
    finding.remedy = std::move(remedy);
    path_.tell(std::move(finding));
  }

  void entry(const Krb5Relation& relation) {
    const std::string& key = relation.path[1];
    if (std::string small = lowered(key); small != key) {
      tell(relation, kDomainCase, {cat(key, " has capitals"), cat(key, " hat Großbuchstaben")},
           {cat("write ", small), cat("schreiben: ", small)});
      return;
    }
    target(relation);
    std::string_view name = std::string_view(key).substr(key.starts_with('.') ? 1 : 0);
    if (!name.contains('.') && name != "localhost") {
      tell(relation, kDomainOneLabel,
           {cat(key, " covers no full host name"), cat(key, " deckt keinen vollen Namen ab")},
           {cat("write .", lowered(relation.value), " = ", relation.value),
            cat("schreiben: .", lowered(relation.value), " = ", relation.value)});
    } else if (!key.starts_with('.')) {
      dot(relation);
    }
  }

  void target(const Krb5Relation& relation) {
    const std::string& realm = relation.value;
    auto is_it = [&](const Krb5Relation& one) {
      return one.path.size() > 2 && one.path[0] == "realms" && one.path[1] == realm;
    };
    if (kerberos::asks_dns_for_kdcs(file_) || std::ranges::any_of(file_.relations, is_it)) return;
    // What is wrong about its spelling is told of once.
    if (has_lower_case(realm) && has_kdc(file_, capitals(realm))) return;
    tell(relation, kDomainRealm,
         {cat("[realms] has no ", realm, ", and DNS is not asked"),
          cat("[realms] hat kein ", realm, ", und DNS wird nicht gefragt")},
         {"name the realm as [realms] does, or add its block there",
          "den Realm wie in [realms] nennen oder dort seinen Block ergänzen"});
  }

  // A key that a served host lies under, and none with a dot beside it.
  void dot(const Krb5Relation& relation) {
    std::string dotted = cat(".", relation.path[1]);
    auto under = [&](const conf::Text& host) { return host.value.ends_with(dotted); };
    if (file_.find({"domain_realm", dotted}) || std::ranges::none_of(facts_.hosts, under)) return;
    tell(relation, kDomainDot,
         {cat(relation.path[1], " has no dot before it"), cat(relation.path[1], " hat keinen Punkt davor")},
         {cat("add ", dotted, " = ", relation.value), cat("ergänzen: ", dotted, " = ", relation.value)});
  }

  // As MIT goes: the host, then each domain above it, first with its dot and then without.
  const Krb5Relation* mapping_of(std::string_view host) const {
    while (!host.empty()) {
      if (const Krb5Relation* found = file_.find({"domain_realm", host})) return found;
      if (host.starts_with('.')) {
        host.remove_prefix(1);
      } else {
        std::size_t next = host.find('.');
        host = next == std::string_view::npos ? std::string_view() : host.substr(next);
      }
    }
    return nullptr;
  }

  std::vector<std::string> realms_of(std::string_view host) const {
    std::vector<std::string> realms;
    for (const kerberos::KeytabConfig& one : facts_.config.keytabs) {
      const std::vector<std::string>& parts = one.principal.components;
      if (parts.size() == 2 && equals_ignoring_case(parts[1], host)) realms.push_back(one.principal.realm);
    }
    return realms;
  }

  void covered(const std::string& host) {
    std::vector<std::string> realms = realms_of(host);
    if (realms.empty() || host.starts_with('*') || kerberos::is_address(host)) return;
    const Krb5Relation* mapping = mapping_of(host);
    auto is_one = [&](std::string_view realm) { return std::ranges::find(realms, realm) != realms.end(); };
    if (mapping) {
      if (is_one(mapping->value) || (has_lower_case(mapping->value) && is_one(capitals(mapping->value)))) return;
      tell(*mapping, kHostElsewhere,
           {cat(host, " is said to be in ", mapping->value, ", but its service is in ", realms.front()),
            cat(host, " soll in ", mapping->value, " liegen, sein Dienst aber liegt in ", realms.front())},
           {cat(host, " = ", realms.front()), cat(host, " = ", realms.front())});
      return;
    }
    std::size_t dot = host.find('.');
    if (is_one(dot == std::string::npos ? facts_.default_realm() : capitals(host.substr(dot + 1)))) return;
    std::string domain = dot == std::string::npos ? host : host.substr(dot);
    path_.tell(
        {.check = kHostUncovered,
         .level = Level::Warning,
         .hop = hop_,
         .seen = {cat("[domain_realm] says no realm for ", host, ", whose service is in ", realms.front()),
                  cat("[domain_realm] nennt keinen Realm für ", host, ", dessen Dienst in ", realms.front(), " liegt")},
         .remedy = {cat("write into [domain_realm]: ", domain, " = ", realms.front()),
                    cat("in [domain_realm] schreiben: ", domain, " = ", realms.front())},
         .evidence = {evidence_of({facts_.krb5_name, 0, 0})}});
  }

  const KerberosFacts& facts_;
  const kerberos::Krb5File& file_;
  std::size_t hop_;
  Path& path_;
};

}  // namespace

void lint_krb5_domains(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  DomainsLint(facts, hops.krb5, path).judge();
}

}  // namespace pforte::doctor
