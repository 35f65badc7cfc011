#include "doctor/realm_examination.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/dns_query.h"
#include "doctor/host_names.h"
#include "doctor/krb5_lint.h"
#include "kerberos/kdc_locations.h"

namespace pforte::doctor {
namespace {

constexpr std::string_view kSrvSource = "RFC 4120, 7.2.3.2; RFC 2782";

constexpr Check kRealmNoSrv{
    .id = "realm.no-srv",
    .source = kSrvSource,
    .why = {"nothing on this machine finds a KDC of the realm: no kinit, no test, no delegation",
            "nichts auf diesem Rechner findet einen KDC des Realms: kein kinit, kein Test, keine Delegierung"}};
constexpr Check kRealmNoTcp{
    .id = "realm.no-tcp-srv",
    .source = "RFC 4120, 7.2.2: KDCs take TCP as well",
    .why = {"a ticket with many groups does not fit into a datagram, and over TCP no KDC is found",
            "ein Ticket mit vielen Gruppen passt nicht in ein Datagramm, und über TCP wird kein KDC gefunden"}};
constexpr Check kRealmNoPassword{.id = "realm.no-kpasswd",
                                 .source = "RFC 3244; MIT krb5, doc/admin/realm_config",
                                 .why = {"who must change a password cannot do it from here",
                                         "wer sein Passwort ändern muss, kann es von hier nicht"}};
constexpr Check kRealmSilent{
    .id = "realm.dns-silent",
    .source = "",
    .why = {"where the KDCs are is said by DNS alone here", "wo die KDCs sind, sagt hier allein DNS"}};
constexpr Check kRealmSrvAlias{.id = "realm.srv-alias",
                               .source = "RFC 2782: the target must not be an alias",
                               .why = {"some clients do not follow it", "manche Clients folgen ihm nicht"}};
constexpr Check kRealmUnresolved{
    .id = "realm.kdc-unresolved",
    .source = "",
    .why = {"each question to this KDC waits in vain before another is tried, or fails",
            "jede Frage an diesen KDC wartet vergeblich, bevor ein anderer dran ist, oder scheitert"}};
constexpr Check kRealmText{
    .id = "realm.txt-differs",
    .source = "krb5.conf(5), dns_lookup_realm",
    .why = {"clients that ask DNS for the realm ask another one for the ticket than has the service",
            "Clients, die DNS nach dem Realm fragen, bitten einen anderen um das Ticket, als den Dienst hat"}};
constexpr Check kRealmFound{.id = "realm.kdcs-found", .source = "", .why = {"", ""}};

// A kdc line without what stands around the host.
std::string host_of_kdc(const std::string& line) {
  if (line.starts_with("http")) return "";
  if (line.starts_with('[')) return line.substr(1, line.find(']') - 1);
  std::size_t colon = line.find(':');
  bool one = colon != std::string::npos && line.find(':', colon + 1) == std::string::npos;
  return lowered(one ? line.substr(0, colon) : line);
}

class RealmExamination {
 public:
  RealmExamination(HostNames& names, const KerberosFacts& facts, const KerberosHops& hops, Path& path)
      : names_(names), facts_(facts), hops_(hops), path_(path) {}

  net::Task<> realm(std::string realm) {
    std::size_t hop = hops_.realms.at(realm);
    std::vector<const kerberos::Krb5Relation*> lines = kdc_lines(realm);
    for (const kerberos::Krb5Relation* line : lines) co_await named_kdc(*line, hop);
    bool by_dns = lines.empty() && kerberos::asks_dns_for_kdcs(facts_.krb5);
    if (by_dns) co_await kdcs_by_dns(std::move(realm), hop);
    co_return {};
  }

  // Where realms of hosts are asked of DNS: the host, then each domain above it.
  net::Task<> realm_of(std::string host, std::string wanted) {
    if (!is_on(facts_.krb5, "dns_lookup_realm", false)) co_return {};
    for (std::string at = host; at.contains('.'); at = at.substr(at.find('.') + 1)) {
      std::string name = cat("_kerberos.", at);
      DnsAnswer said = co_await names_.ask(name, DnsType::Txt);
      if (said.texts.empty()) continue;
      if (said.texts.front() != wanted) tell_text(host, name, said.texts.front(), wanted);
      co_return {};
    }
    co_return {};
  }

 private:
  std::vector<const kerberos::Krb5Relation*> kdc_lines(const std::string& realm) const {
    std::vector<const kerberos::Krb5Relation*> lines;
    for (const kerberos::Krb5Relation& one : facts_.krb5.relations) {
      bool is_kdc = one.path.size() == 3 && one.path[0] == "realms" && one.path[1] == realm &&
                    (one.path[2] == "kdc" || one.path[2] == "primary_kdc" || one.path[2] == "master_kdc");
      if (is_kdc) lines.push_back(&one);
    }
    return lines;
  }

  net::Task<> named_kdc(const kerberos::Krb5Relation& line, std::size_t hop) {
    std::string host = host_of_kdc(line.value);
    if (host.empty()) co_return {};
    HostView view = co_await names_.look_up(host);
    if (view.unknown || !view.addresses.empty()) co_return {};
    Finding finding = about(line, kRealmUnresolved, Level::Warning, hop);
    finding.seen = {cat("the kdc ", host, " has no address"), cat("der kdc ", host, " hat keine Adresse")};
    finding.remedy = {"correct the name, or remove the line if the machine is gone",
                      "den Namen berichtigen oder die Zeile entfernen, wenn es den Rechner nicht mehr gibt"};
    finding.command = cat("dig +short ", shell_word(host));
    path_.tell(std::move(finding));
    co_return {};
  }

  void tell(const Check& check, Level level, std::size_t hop, Message seen, Message remedy, std::string command) {
    path_.tell({.check = check,
                .level = level,
                .hop = hop,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = std::move(command)});
  }

  net::Task<> kdcs_by_dns(std::string realm, std::size_t hop) {
    std::string domain = lowered(realm);
    std::string over_tcp = cat("_kerberos._tcp.", domain), over_udp = cat("_kerberos._udp.", domain);
    std::string for_passwords = cat("_kpasswd._tcp.", domain);
    DnsAnswer tcp = co_await names_.ask(over_tcp, DnsType::Srv);
    DnsAnswer udp = co_await names_.ask(over_udp, DnsType::Srv);
    std::string command = cat("dig +short SRV ", shell_word(over_tcp));
    if (names_.is_silent()) {
      tell(kRealmSilent, Level::Error, hop,
           {cat("no answer to where the KDCs of ", realm, " are: ", names_.trouble()),
            cat("keine Antwort, wo die KDCs von ", realm, " sind: ", names_.trouble())},
           {"see that the name server answers, or name a kdc in [realms]",
            "prüfen, ob der Nameserver antwortet, oder in [realms] einen kdc nennen"},
           command);
      co_return {};
    }
    if (tcp.services.empty() && udp.services.empty()) {
      std::optional<std::string> meant = facts_.realm_meant_by(realm);
      tell(kRealmNoSrv, Level::Error, hop,
           {cat("DNS knows no KDC of ", realm, ": no ", over_tcp, " and no ", over_udp),
            cat("DNS kennt keinen KDC von ", realm, ": kein ", over_tcp, " und kein ", over_udp)},
           {meant ? cat("the realm is misspelt: write ", *meant)
                  : "ask a name server of the domain, or name a kdc in [realms]",
            meant ? cat("der Realm ist verschrieben: ", *meant, " schreiben")
                  : "einen Nameserver der Domäne fragen oder in [realms] einen kdc nennen"},
           command);
      co_return {};
    }
    if (tcp.services.empty()) {
      tell(kRealmNoTcp, Level::Warning, hop,
           {cat("DNS knows the KDCs of ", realm, " over UDP alone"),
            cat("DNS kennt die KDCs von ", realm, " nur über UDP")},
           {cat("add ", over_tcp), cat(over_tcp, " ergänzen")}, command);
    }
    DnsAnswer passwords = co_await names_.ask(for_passwords, DnsType::Srv);
    if (passwords.services.empty()) {
      tell(kRealmNoPassword, Level::Note, hop,
           {cat("there is no ", for_passwords), cat("es gibt kein ", for_passwords)}, {},
           cat("dig +short SRV ", shell_word(for_passwords)));
    }
    std::vector<DnsService> kdcs = tcp.services.empty() ? udp.services : tcp.services;
    for (const DnsService& kdc : kdcs) co_await found_kdc(kdc, hop);
    co_return {};
  }

  net::Task<> found_kdc(DnsService kdc, std::size_t hop) {
    HostView view = co_await names_.look_up(kdc.host);
    if (view.unknown) co_return {};
    std::string command = cat("dig +short ", shell_word(kdc.host));
    if (view.addresses.empty()) {
      tell(kRealmUnresolved, Level::Warning, hop,
           {cat("the KDC ", kdc.host, ", which DNS names, has no address"),
            cat("der KDC ", kdc.host, ", den DNS nennt, hat keine Adresse")},
           {"remove the record if the machine is gone", "den Eintrag entfernen, wenn es den Rechner nicht mehr gibt"},
           std::move(command));
    } else if (!view.aliases.empty()) {
      tell(kRealmSrvAlias, Level::Warning, hop,
           {cat("the KDC ", kdc.host, ", which DNS names, is an alias of ", view.aliases.back()),
            cat("der KDC ", kdc.host, ", den DNS nennt, ist ein Alias von ", view.aliases.back())},
           {cat("let the record name ", view.aliases.back()),
            cat("den Eintrag ", view.aliases.back(), " nennen lassen")},
           std::move(command));
    } else {
      tell(kRealmFound, Level::Ok, hop, {cat("KDC ", kdc.host, ":", kdc.port), cat("KDC ", kdc.host, ":", kdc.port)},
           {}, "");
    }
    co_return {};
  }

  void tell_text(const std::string& host, const std::string& name, const std::string& said, const std::string& wanted) {
    tell(kRealmText, Level::Warning, hops_.dns,
         {cat("DNS says that ", host, " is in ", said, ", but its service is in ", wanted),
          cat("DNS sagt, ", host, " liege in ", said, ", sein Dienst aber liegt in ", wanted)},
         {cat("correct the TXT record of ", name), cat("den TXT-Eintrag von ", name, " berichtigen")},
         cat("dig +short TXT ", shell_word(name)));
  }

  HostNames& names_;
  const KerberosFacts& facts_;
  const KerberosHops& hops_;
  Path& path_;
};

}  // namespace

net::Task<> examine_realms(HostNames& names, const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  path.reach(hops.dns);
  RealmExamination examination(names, facts, hops, path);
  for (const std::string& realm : facts.realms()) {
    path.reach(hops.realms.at(realm));
    co_await examination.realm(realm);
  }
  for (const kerberos::KeytabConfig& one : facts.config.keytabs) {
    if (one.principal.components.size() != 2 || !facts.concerns(one.principal)) continue;
    std::string host = lowered(one.principal.components[1]);
    co_await examination.realm_of(host, one.principal.realm);
  }
  co_await examine_host_names(names, facts, hops, path);
  co_return {};
}

}  // namespace pforte::doctor
