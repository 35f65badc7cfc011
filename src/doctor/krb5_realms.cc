#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/krb5_lint.h"
#include "kerberos/kdc_locations.h"

namespace pforte::doctor {
namespace {

using kerberos::Krb5Relation;

constexpr Check kRealmCase{
    .id = "krb5.realm-case",
    .source = "RFC 4120, 6.1: realm names are case-sensitive",
    .why = {"example.com and EXAMPLE.COM are two realms, and Active Directory knows the one in capitals alone",
            "example.com und EXAMPLE.COM sind zwei Realms, und Active Directory kennt nur den in Großbuchstaben"}};
constexpr Check kNoKdcSaid{
    .id = "krb5.no-kdc",
    .source = "krb5.conf(5), [realms] kdc and dns_lookup_kdc",
    .why = {"nothing on this machine finds a domain controller of the realm: no kinit, no test, no delegation",
            "nichts auf diesem Rechner findet einen Domänen-Controller: kein kinit, kein Test, keine Delegierung"}};
constexpr Check kKdcPort{.id = "krb5.kdc-port",
                         .source = "RFC 4120, 7.2.1: KDCs listen on port 88",
                         .why = {"at another service's port nobody answers in Kerberos",
                                 "am Port eines anderen Dienstes antwortet niemand in Kerberos"}};
constexpr Check kKdcForm{
    .id = "krb5.kdc-form",
    .source = "krb5.conf(5), [realms] kdc",
    .why = {"what the library cannot read as host or host:port it takes for a strange host name",
            "was die Bibliothek nicht als Rechner oder Rechner:Port lesen kann, hält sie für einen seltsamen Namen"}};
constexpr Check kKdcShort{
    .id = "krb5.kdc-short-name",
    .source = "resolv.conf(5), search",
    .why = {"a short name is found only as long as the search list of this machine happens to have its domain",
            "ein kurzer Name wird nur gefunden, solange die Suchliste dieses Rechners zufällig seine Domäne hat"}};
constexpr Check kAdminPort{.id = "krb5.admin-port",
                           .source = "krb5.conf(5), [realms] admin_server; port 749",
                           .why = {"kadmin speaks to MIT and Heimdal alone; Active Directory has nobody there",
                                   "kadmin spricht nur mit MIT und Heimdal; Active Directory hat dort niemanden"}};

// Ports next to Kerberos that are written by mistake.
constexpr auto kOtherServices = std::to_array<std::pair<int, std::string_view>>({{53, "DNS"},
                                                                                 {389, "LDAP"},
                                                                                 {445, "SMB"},
                                                                                 {464, "kpasswd"},
                                                                                 {636, "LDAPS"},
                                                                                 {749, "kadmin"},
                                                                                 {750, "Kerberos 4"},
                                                                                 {3268, "the global catalog"},
                                                                                 {3269, "the global catalog"}});

// What a kdc line says.
struct KdcName {
  std::string host;
  std::string port;  // empty: 88
  bool is_url = false;
};

KdcName kdc_name_of(const std::string& text) {
  if (text.starts_with("https://") || text.starts_with("http://")) return {.host = text, .port = "", .is_url = true};
  if (text.starts_with('[')) {
    std::size_t end = text.find("]:");
    return {.host = text.substr(0, end), .port = end == std::string::npos ? "" : text.substr(end + 2)};
  }
  std::size_t colon = text.find(':');
  bool alone = colon != std::string::npos && text.find(':', colon + 1) == std::string::npos;
  return {.host = text.substr(0, alone ? colon : text.size()), .port = alone ? text.substr(colon + 1) : ""};
}

std::optional<int> port_of(const std::string& text) {
  int port = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole && port > 0 && port <= 65535 ? std::optional(port) : std::nullopt;
}

class RealmsLint {
 public:
  RealmsLint(const KerberosFacts& facts, std::size_t hop, Path& path)
      : facts_(facts), file_(facts.krb5), hop_(hop), path_(path) {}

  void judge() {
    realm_cases();
    for (const std::string& realm : needed_realms()) realm_without_kdc(realm);
    for (const Krb5Relation& relation : file_.relations) {
      if (relation.path.size() != 3 || relation.path[0] != "realms") continue;
      const std::string& name = relation.path[2];
      if (name == "kdc" || name == "primary_kdc" || name == "master_kdc") kdc(relation);
      if (name == "admin_server") admin_server(relation);
    }
  }

 private:
  void tell(const Krb5Relation& relation, const Check& check, Level level, Message seen, Message remedy) {
    Finding finding = about(relation, check, level, hop_);
    finding.seen = std::move(seen);
    finding.remedy = std::move(remedy);
    path_.tell(std::move(finding));
  }

  std::vector<std::string> needed_realms() const {
    std::vector<std::string> realms = facts_.realms();
    std::string first = facts_.default_realm();
    if (!first.empty() && std::ranges::find(realms, first) == realms.end()) realms.push_back(first);
    return realms;
  }

  // Each realm once, where it is first written: as the default, with its block, for a domain. A realm of MIT may well
  // be called so, and Debian's own file names some: only those count that this configuration goes by.
  void realm_cases() {
    std::vector<std::string> told;
    auto is_to_be_told = [&](const std::string& realm) {
      bool fresh = has_lower_case(realm) && is_ours(realm) && std::ranges::find(told, realm) == told.end();
      if (fresh) told.push_back(realm);
      return fresh;
    };
    for (const Krb5Relation& relation : file_.relations) {
      bool is_default = relation.path[0] == "libdefaults" && relation.path.back() == "default_realm";
      if (is_default && is_to_be_told(relation.value))
        realm_case(about(relation, kRealmCase, Level::Warning, hop_), relation.value);
    }
    for (const kerberos::Krb5Block& block : file_.blocks) {
      const std::string& realm = block.path.back();
      bool is_realm = block.path[0] == "realms" && block.path.size() == 2;
      if (!is_realm || !is_to_be_told(realm)) continue;
      realm_case(about({.path = block.path, .value = "{", .place = block.place}, kRealmCase, Level::Warning, hop_),
                 realm);
    }
    for (const Krb5Relation& relation : file_.relations) {
      bool is_domain = relation.path[0] == "domain_realm";
      if (is_domain && is_to_be_told(relation.value))
        realm_case(about(relation, kRealmCase, Level::Warning, hop_), relation.value);
    }
  }

  // A realm of a service, of people who sign in, or the default one; whatever its case.
  bool is_ours(const std::string& realm) const {
    std::vector<std::string> ours = needed_realms();
    std::ranges::copy(facts_.config.login_fallback_realms, std::back_inserter(ours));
    return std::ranges::any_of(ours, [&](const std::string& one) { return equals_ignoring_case(one, realm); });
  }

  void realm_case(Finding finding, const std::string& realm) {
    finding.seen = {cat("the realm ", realm, " is written with small letters"),
                    cat("der Realm ", realm, " ist mit Kleinbuchstaben geschrieben")};
    finding.remedy = {cat("write ", capitals(realm), " everywhere, as the domain controller does"),
                      cat("überall ", capitals(realm), " schreiben, wie der Domänen-Controller")};
    path_.tell(std::move(finding));
  }

  void realm_without_kdc(const std::string& realm) {
    if (has_kdc(file_, realm) || kerberos::asks_dns_for_kdcs(file_)) return;
    const Krb5Relation* off = file_.find({"libdefaults", "dns_lookup_kdc"});
    Finding finding{.check = kNoKdcSaid, .level = Level::Warning, .hop = hop_};
    if (off) finding = about(*off, kNoKdcSaid, Level::Warning, hop_);
    finding.seen = {cat("no kdc is named for ", realm, ", and DNS is not asked (dns_lookup_kdc)"),
                    cat("für ", realm, " ist kein kdc genannt, und DNS wird nicht gefragt (dns_lookup_kdc)")};
    finding.remedy = {cat("dns_lookup_kdc = true, or kdc = dc1.", lowered(realm), " in the block of ", realm),
                      cat("dns_lookup_kdc = true, oder kdc = dc1.", lowered(realm), " im Block von ", realm)};
    finding.command = cat("dig +short SRV ", shell_word(cat("_kerberos._tcp.", lowered(realm))));
    path_.tell(std::move(finding));
  }

  void kdc(const Krb5Relation& relation) {
    const std::string& text = relation.value;
    KdcName name = kdc_name_of(text);
    if (name.is_url) return;
    if (name.host.empty() || name.host.find_first_of("/@ ,;\t") != std::string::npos) {
      tell(relation, kKdcForm, Level::Warning, {cat(text, " is no host"), cat(text, " ist kein Rechner")},
           {"write kdc = dc1.example.com, each in a line of its own",
            "kdc = dc1.example.com schreiben, jeden in eigener Zeile"});
      return;
    }
    if (!name.port.empty()) kdc_port(relation, name.port);
    bool numeric = name.host.find_first_not_of("0123456789.:[]abcdefABCDEF") == std::string::npos;
    if (name.host.contains('.') || numeric || name.host == "localhost") return;
    tell(relation, kKdcShort, Level::Note,
         {cat(name.host, " is no full name"), cat(name.host, " ist kein voller Name")},
         {"write the name with its domain", "den Namen mit seiner Domäne schreiben"});
  }

  void kdc_port(const Krb5Relation& relation, const std::string& text) {
    std::optional<int> port = port_of(text);
    const auto* other = std::ranges::find(kOtherServices, port.value_or(0), &std::pair<int, std::string_view>::first);
    if (port && other == kOtherServices.end()) return;
    std::string_view whose = port ? other->second : "nobody";
    tell(relation, kKdcPort, Level::Warning,
         {port ? cat("port ", text, " is that of ", whose, ", not of a KDC") : cat(text, " is no port"),
          port ? cat("Port ", text, " gehört ", whose, ", nicht einem KDC") : cat(text, " ist kein Port")},
         {"leave the port out: it is 88", "den Port weglassen: er ist 88"});
  }

  void admin_server(const Krb5Relation& relation) {
    KdcName name = kdc_name_of(relation.value);
    if (name.port.empty() || name.port == "749") return;
    tell(
        relation, kAdminPort, Level::Note,
        {cat("admin_server has port ", name.port, ", where kadmin has 749"),
         cat("admin_server hat Port ", name.port, ", kadmin aber 749")},
        {"remove the line: signing in needs no admin_server", "die Zeile entfernen: zum Anmelden ist sie nicht nötig"});
  }

  const KerberosFacts& facts_;
  const kerberos::Krb5File& file_;
  std::size_t hop_;
  Path& path_;
};

}  // namespace

void lint_krb5_realms(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  RealmsLint(facts, hops.krb5, path).judge();
}

}  // namespace pforte::doctor
