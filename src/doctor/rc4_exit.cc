#include "doctor/rc4_exit.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/account.h"
#include "doctor/directory_check.h"
#include "doctor/krb5_lint.h"
#include "doctor/look_aside.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab.h"

namespace pforte::doctor {
namespace {

constexpr std::string_view kRc4Source =
    "RFC 8429; Microsoft KB5073381: AES by default from April 2026, no way back from July 2026";
constexpr Words kRc4Why = {
    "domain controllers stop giving RC4 tickets, and who sees one can guess the password offline",
    "Domänen-Controller geben keine RC4-Tickets mehr, und wer eines sieht, kann das Passwort "
    "ohne Netz erraten"};

constexpr Check kRc4Allowed{.id = "rc4.allowed", .source = kRc4Source, .why = kRc4Why};
constexpr Check kRc4Accepted{.id = "rc4.tickets", .source = kRc4Source, .why = kRc4Why};
constexpr Check kRc4Keytab{.id = "rc4.keytab-only", .source = kRc4Source, .why = kRc4Why};
constexpr Check kRc4Beside{.id = "rc4.keytab-beside-aes",
                           .source = kRc4Source,
                           .why = {"it opens tickets from before the change, and is of no use after that",
                                   "er öffnet Tickets von vor der Änderung und ist danach zu nichts nutze"}};
constexpr Check kRc4Settings{.id = "rc4.settings", .source = kRc4Source, .why = kRc4Why};
constexpr Check kRc4Account{.id = "rc4.account", .source = kRc4Source, .why = kRc4Why};
constexpr Check kRc4Unset{.id = "rc4.account-unset",
                          .source = kRc4Source,
                          .why = {"what such accounts get depends on the domain controller that is asked",
                                  "was solche Konten bekommen, hängt vom gefragten Domänen-Controller ab"}};
constexpr Check kRc4Trust{.id = "rc4.trust",
                          .source = "MS-KILE 3.3.5.7; ksetup /setenctypeattr",
                          .why = {"tickets that lead from one domain into the other are sealed with RC4",
                                  "Tickets von einer Domäne in die andere sind mit RC4 versiegelt"}};
constexpr Check kRc4Unseen{.id = "rc4.directory-unseen",
                           .source = "",
                           .why = {"accounts and trusts that depend on RC4 are seen in the directory alone",
                                   "Konten und Vertrauensstellungen, die RC4 brauchen, zeigt nur das Verzeichnis"}};
constexpr Check kRc4Free{.id = "rc4.free", .source = "", .why = {"", ""}};

// Enough for a report; the command finds the rest.
constexpr int kMostSearched = 1000;
constexpr std::size_t kMostNamed = 20;

// The way out for one service, step by step, each a line to paste.
std::vector<Evidence> steps_for(const kerberos::KeytabConfig& one, bool is_allowed) {
  const std::string& host = one.principal.components.back();
  std::string name = joined(one.principal.components, "/"), service = one.principal.to_text();
  std::string made = cat(host, ".keytab"), keytab = shell_word(one.keytab.value);
  std::vector<std::string> lines = {
      cat("setspn -Q ", powershell_word(name)), "Set-ADUser ACCOUNT -KerberosEncryptionType AES128,AES256",
      cat("ktpass /princ ", powershell_word(service),
          " /mapuser ACCOUNT /crypto AES256-SHA1 /ptype KRB5_NT_PRINCIPAL /pass * /out ", powershell_word(made)),
      // Written in its place, so that it keeps its owner and its rights.
      cat("pforte keytab merge ", keytab, " ", shell_word(made), " --out ", keytab),
      cat("pforte doctor kerberos ", shell_word(service))};
  if (is_allowed) lines.push_back(cat("pforte.toml: allow_rc4 -= \"", service, "\"; pforte reload"));
  std::vector<Evidence> steps;
  steps.reserve(lines.size());
  for (std::size_t at = 0; at < lines.size(); ++at) {
    std::string number = cat(at + 1);
    steps.push_back({.name = {number, number}, .value = std::move(lines[at])});
  }
  return steps;
}

class Rc4Examination {
 public:
  Rc4Examination(const KerberosFacts& facts, const KerberosHops& hops, Path& path)
      : facts_(facts), hops_(hops), path_(path) {}

  void gate(const Rc4Tickets& tickets) {
    for (const std::string& service : facts_.config.allow_rc4) allowed(service, tickets);
    for (const auto& [service, count] : tickets.by_service) {
      if (count == 0) continue;
      path_.tell({.check = kRc4Accepted,
                  .level = Level::Warning,
                  .hop = hops_.gate,
                  .seen = {cat("the running gate has accepted ", count, " tickets with RC4 for ", service),
                           cat("das laufende Tor hat ", count, " Tickets mit RC4 für ", service, " angenommen")},
                  .remedy = {"see who: sign-in.done with encryption=rc4-hmac in the log",
                             "nachsehen, wer: sign-in.done mit encryption=rc4-hmac im Protokoll"},
                  .command = cat("pforte status")});
    }
  }

  void settings() {
    for (const kerberos::Krb5Relation& relation : facts_.krb5.relations) {
      if (relation.path.size() != 2 || relation.path[0] != "libdefaults") continue;
      const std::string& name = relation.path[1];
      bool is_switch = (name == "allow_rc4" || name == "allow_weak_crypto") && is_on(facts_.krb5, name, false);
      bool is_list =
          name.ends_with("_enctypes") && (relation.value.contains("rc4") || relation.value.contains("arcfour"));
      if (!is_switch && !is_list) continue;
      Finding finding = about(relation, kRc4Settings, Level::Note, hops_.krb5);
      finding.seen = {cat(name, " allows RC4 on this machine"), cat(name, " erlaubt RC4 auf diesem Rechner")};
      finding.remedy = {"remove it last, when nothing else is told here",
                        "zuletzt entfernen, wenn hier sonst nichts steht"};
      path_.tell(std::move(finding));
    }
  }

  void keytabs() {
    for (const kerberos::KeytabConfig& one : facts_.config.keytabs) {
      bool weak = false, strong = false;
      for (const kerberos::KeytabEntry& entry : kerberos::read_keytab(one.keytab.value).entries) {
        if (entry.principal != one.principal) continue;
        (kerberos::is_weak(entry.encryption) ? weak : strong) = true;
      }
      if (weak) keytab(one, strong);
    }
  }

  Result<> directory(DirectoryView& view) {
    TRY(accounts(view));
    return trusts(view);
  }

  void unseen(std::string_view why) {
    path_.tell({.check = kRc4Unseen,
                .level = Level::Note,
                .hop = hops_.gate,
                .seen = {cat("no directory was asked", why.empty() ? "" : ": ", why),
                         cat("kein Verzeichnis wurde gefragt", why.empty() ? "" : ": ", why)},
                .remedy = {"name it: --ldap ldaps://dc1.example.com --bind-dn DN --password-file FILE",
                           "es nennen: --ldap ldaps://dc1.example.com --bind-dn DN --password-file DATEI"}});
  }

 private:
  bool is_allowed(const std::string& service) const {
    return std::ranges::find(facts_.config.allow_rc4, service) != facts_.config.allow_rc4.end();
  }

  void allowed(const std::string& service, const Rc4Tickets& tickets) {
    auto counted = tickets.by_service.find(service);
    bool unused = tickets.is_running && (counted == tickets.by_service.end() || counted->second == 0);
    path_.tell({.check = kRc4Allowed,
                .level = Level::Warning,
                .hop = hops_.gate,
                .seen = {cat("allow_rc4 names ", service, unused ? "; since the start no ticket has needed it" : ""),
                         cat("allow_rc4 nennt ", service, unused ? "; seit dem Start brauchte es kein Ticket" : "")},
                .remedy = unused ? Message{"remove it from allow_rc4", "aus allow_rc4 entfernen"}
                                 : Message{"give account and keytab AES first, then remove it",
                                           "erst Konto und Keytab AES geben, dann entfernen"},
                .evidence = {evidence_of(facts_.config.place)}});
  }

  void keytab(const kerberos::KeytabConfig& one, bool has_aes) {
    std::string service = one.principal.to_text();
    path_.tell(
        {.check = has_aes ? kRc4Beside : kRc4Keytab,
         .level = has_aes ? Level::Note : Level::Warning,
         .hop = hops_.keytab,
         .seen = {cat(one.keytab.value, has_aes ? " has an RC4 key beside AES of " : " has RC4 alone of ", service),
                  cat(one.keytab.value, has_aes ? " hat einen RC4-Schlüssel neben AES von " : " hat nur RC4 von ",
                      service)},
         .remedy = has_aes ? Message{"leave it out when the last ticket from before has expired",
                                     "weglassen, sobald das letzte Ticket von davor abgelaufen ist"}
                           : Message{"go these steps, one after the other",
                                     "diese Schritte gehen, einen nach dem "
                                     "anderen"},
         .evidence = has_aes ? std::vector<Evidence>() : steps_for(one, is_allowed(service))});
  }

  Result<> accounts(DirectoryView& view) {
    identity::LdapFound found = TRY(view.find("(servicePrincipalName=*)", account_attributes(), kMostSearched));
    std::vector<std::string> unset;
    for (const identity::LdapEntry& entry : found.entries) {
      Account account = account_of(entry);
      if (account.has(kAccountDisabled)) continue;
      if (account.refuses_aes()) this->account(account);
      if (account.encryptions.value_or(0) == 0 && !account.has(kControllerAccount)) unset.push_back(account.name);
    }
    if (unset.empty()) return {};
    std::size_t count = unset.size();
    unset.resize(std::min(count, kMostNamed));
    path_.tell({.check = kRc4Unset,
                .level = Level::Note,
                .hop = hops_.directory,
                .seen = {cat(count, " accounts of services do not say what encryption they take"),
                         cat(count, " Konten von Diensten sagen nicht, welche Verschlüsselung sie können")},
                .remedy = {"say AES for each: Set-ADUser NAME -KerberosEncryptionType AES128,AES256",
                           "bei jedem AES angeben: Set-ADUser NAME -KerberosEncryptionType AES128,AES256"},
                .command = "Get-ADObject -LDAPFilter '(&(servicePrincipalName=*)(!(msDS-SupportedEncryptionTypes=*)))'",
                .evidence = {{.name = {"accounts", "Konten"}, .value = joined(unset, ", ")}}});
    return {};
  }

  void account(const Account& account) {
    path_.tell({.check = kRc4Account,
                .level = Level::Warning,
                .hop = hops_.directory,
                .seen = {cat("the account ", account.name, " takes no AES"),
                         cat("das Konto ", account.name, " kann kein AES")},
                .remedy = {"allow AES, set its password again, then renew its keytabs",
                           "AES erlauben, sein Passwort neu setzen, dann seine Keytabs erneuern"},
                .command = cat(account.is_computer() ? "Set-ADComputer " : "Set-ADUser ", powershell_word(account.name),
                               " -KerberosEncryptionType AES128,AES256"),
                .evidence = {{.name = {"account", "Konto"}, .value = account.dn},
                             {.name = {"services", "Dienste"}, .value = joined(account.services, ", ")}}});
  }

  // A trust that says nothing is RC4 too, unless both domains have the update of 2022 (KB5021131).
  Result<> trusts(DirectoryView& view) {
    identity::LdapFound found = TRY(view.find("(objectClass=trustedDomain)",
                                              {"cn", "trustPartner", "msDS-SupportedEncryptionTypes"}, kMostSearched));
    for (identity::LdapEntry& entry : found.entries) {
      Account trust = account_of(entry);
      if (!trust.refuses_aes() && trust.encryptions.value_or(0) != 0) continue;
      std::vector<std::string>& partners = entry.values["trustpartner"];
      std::string partner = partners.empty() ? trust.name : partners.front();
      path_.tell({.check = kRc4Trust,
                  .level = Level::Warning,
                  .hop = hops_.directory,
                  .seen = {cat("the trust with ", partner, " does not say that it takes AES"),
                           cat("die Vertrauensstellung mit ", partner, " sagt nicht, dass sie AES kann")},
                  .remedy = {"allow AES on both sides", "auf beiden Seiten AES erlauben"},
                  .command = cat("ksetup /setenctypeattr ", powershell_word(partner),
                                 " AES256-CTS-HMAC-SHA1-96 AES128-CTS-HMAC-SHA1-96"),
                  .evidence = {{.name = {"trust", "Vertrauensstellung"}, .value = entry.dn}}});
    }
    return {};
  }

  const KerberosFacts& facts_;
  const KerberosHops& hops_;
  Path& path_;
};

void look_for_rc4(const KerberosFacts& facts, const Rc4Tickets& tickets, const KerberosHops& hops, Path& path) {
  Rc4Examination examination(facts, hops, path);
  examination.gate(tickets);
  examination.settings();
  examination.keytabs();
  if (facts.directory) {
    Result<> asked = with_directory(*facts.directory, [&](DirectoryView& view) { return examination.directory(view); });
    if (!asked) examination.unseen(asked.error().text());
  } else {
    examination.unseen("");
  }
  if (path.worst() >= Level::Warning) return;
  path.tell({.check = kRc4Free,
             .level = Level::Ok,
             .hop = hops.gate,
             .seen = {"nothing that was looked at depends on RC4", "nichts, was angesehen wurde, braucht RC4"}});
}

}  // namespace

net::Task<> examine_rc4(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, Rc4Tickets tickets,
                        KerberosHops hops, Path& path) {
  path.reach(hops.gate);
  auto look = [facts = std::move(facts), tickets = std::move(tickets), hops = std::move(hops)](Path& copy) {
    look_for_rc4(*facts, tickets, hops, copy);
  };
  co_await look_aside(setting, path, std::move(look));
  co_return {};
}

}  // namespace pforte::doctor
