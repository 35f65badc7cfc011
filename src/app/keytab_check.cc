#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "app/cert_finding.h"
#include "app/keytab_command.h"
#include "app/keytab_kdc.h"
#include "app/password_input.h"
#include "base/printable.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "kerberos/key_version.h"
#include "kerberos/keytab_findings.h"
#include "kerberos/keytab_names.h"
#include "kerberos/keytab_records.h"

namespace pforte::app {
namespace {

using kerberos::KeytabFinding;
using kerberos::KeytabLevel;

Message level_word(KeytabLevel level) {
  switch (level) {
    case KeytabLevel::Note:
      return {"note", "Hinweis"};
    case KeytabLevel::Warning:
      return {"warning", "Warnung"};
    case KeytabLevel::Error:
      break;
  }
  return {"error", "Fehler"};
}

Answer<uid_t> reader_of(const CommandLine& line) {
  std::optional<std::string> name = line.value_of("--user");
  if (!name) return ::geteuid();
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  getpwnam_r(name->c_str(), &entry, space.data(), space.size(), &found);
  if (found) return found->pw_uid;
  std::string shown = printable(*name);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("there is no user ", shown), cat("es gibt keinen Benutzer ", shown)},
                                   {"`getent passwd` tells which there are", "`getent passwd` sagt, welche es gibt"}));
}

// The salts that were named, for each realm of the file.
Answer<std::vector<kerberos::SaltToTry>> named_salts(const CommandLine& line, const kerberos::KeytabRecords& content) {
  std::vector<kerberos::SaltToTry> salts;
  if (std::optional<std::string> salt = line.value_of("--salt"))
    salts.push_back({*salt, {"the one that was given", "dem angegebenen"}});
  std::optional<DirectoryAccount> account = TRY(account_of(line));
  if (!account) return salts;
  for (const kerberos::KeytabRecord& record : content.records) {
    kerberos::SaltToTry salt{account->salt(record.principal),
                             {cat("the one of the account ", account->name), cat("dem des Kontos ", account->name)}};
    if (std::ranges::find(salts, salt.salt, &kerberos::SaltToTry::salt) == salts.end())
      salts.push_back(std::move(salt));
  }
  return salts;
}

// A principal of the file, and what the KDC says of it.
struct KeytabService {
  kerberos::Principal principal;
  KdcAccount account;
};

Answer<std::vector<KeytabService>> services_at_kdc(const CommandLine& line, const kerberos::KeytabRecords& content) {
  std::optional<DirectoryAccount> account = TRY(account_of(line));
  std::vector<KeytabService> services;
  for (const kerberos::KeytabRecord& record : content.records) {
    if (std::ranges::find(services, record.principal, &KeytabService::principal) != services.end()) continue;
    KdcAccount told = TRY(kdc_account(line, record.principal, account));
    services.push_back({record.principal, std::move(told)});
  }
  return services;
}

KeytabFinding version_unknown(const std::string& name) {
  return {
      .id = "keytab.kvno-unknown",
      .level = KeytabLevel::Note,
      .what = {cat("the key version of ", name, " was not compared: nobody here gets a ticket for it"),
               cat("die Schlüsselversion von ", name, " ist nicht verglichen: niemand hier erhält dafür ein Ticket")},
      .remedy = {"sign in with kinit and check again, or give the password: --password-file",
                 "sich mit kinit anmelden und erneut prüfen, oder das Passwort angeben: --password-file"},
      .command = cat("kvno ", shell_word(name))};
}

KeytabFinding judge_key_version(const std::string& name, const std::set<std::uint32_t>& ours, std::uint32_t version) {
  auto fits = [&](std::uint32_t one) { return kerberos::key_version_fits(one, version); };
  std::uint32_t newest = *ours.rbegin();
  if (fits(newest)) {
    return {.id = "keytab.kvno-fits",
            .level = KeytabLevel::Note,
            .what = {cat("the KDC has version ", version, " of ", name, ", and so has the keytab"),
                     cat("das KDC hat Version ", version, " von ", name, ", die Keytab auch")},
            .remedy = {},
            .command = {}};
  }
  bool ahead = std::ranges::any_of(ours, fits);
  return {.id = "keytab.kvno",
          .level = ahead ? KeytabLevel::Warning : KeytabLevel::Error,
          .what = {cat("the KDC has version ", version, " of ", name, ", the keytab ", newest),
                   cat("das KDC hat Version ", version, " von ", name, ", die Keytab ", newest)},
          .remedy = ahead ? Message{"wait for the replication between domain controllers; if it stays, make it again",
                                    "die Replikation zwischen den Domänencontrollern abwarten; bleibt es so, sie neu "
                                    "erzeugen"}
                          : Message{cat("make it again from the password of today with --kvno ", version,
                                        ": tickets of another version do not open"),
                                    cat("sie aus dem heutigen Passwort neu erzeugen, mit --kvno ", version,
                                        ": Tickets einer anderen Version lassen sich nicht öffnen")},
          .command = cat("kvno ", shell_word(name))};
}

Answer<std::vector<KeytabFinding>> judge_key_versions(const std::string& file, const kerberos::KeytabRecords& content,
                                                      const std::vector<KeytabService>& services,
                                                      const std::optional<Secret>& password) {
  std::vector<KeytabFinding> findings;
  for (const KeytabService& service : services) {
    std::set<std::uint32_t> ours;
    for (const kerberos::KeytabRecord& record : content.records) {
      if (record.principal == service.principal) ours.insert(record.key_version);
    }
    std::string name = service.principal.to_text();
    std::optional<std::uint32_t> version =
        TRY(kdc_key_version_seen(service.account, service.principal, file, password));
    findings.push_back(version ? judge_key_version(name, ours, *version) : version_unknown(name));
  }
  return findings;
}

std::string finding_text(const KeytabCall& call, const KeytabFinding& finding) {
  Language language = call.line.language;
  const std::string& remedy = finding.remedy.in(language);
  std::string text =
      cat(level_word(finding.level).in(language), ": ", finding.id, ": ", printable(finding.what.in(language)), '\n');
  if (!remedy.empty()) text += cat(call.german() ? "  Hilfe: " : "  help: ", printable(remedy), '\n');
  if (!finding.command.empty()) text += cat("    ", printable(finding.command), '\n');
  return text;
}

void tell_findings(const KeytabCall& call, const std::vector<KeytabFinding>& findings) {
  if (!call.line.json) {
    for (const KeytabFinding& finding : findings) call.print(finding_text(call, finding));
    return;
  }
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const KeytabFinding& finding : findings) {
    all.push_back({{"id", finding.id},
                   {"level", level_word(finding.level).en},
                   {"message", finding.what.in(call.line.language)},
                   {"remedy", finding.remedy.in(call.line.language)},
                   {"command", finding.command}});
  }
  call.print(document_text({{"file", call.line.operand}, {"findings", std::move(all)}}));
}

std::vector<KeytabFinding> gravest_first(std::vector<KeytabFinding> findings) {
  std::vector<KeytabFinding> ordered;
  ordered.reserve(findings.size());
  for (KeytabLevel level : {KeytabLevel::Error, KeytabLevel::Warning, KeytabLevel::Note}) {
    for (KeytabFinding& finding : findings) {
      if (finding.level == level) ordered.push_back(std::move(finding));
    }
  }
  return ordered;
}

}  // namespace

Answer<int> check_keytab(const KeytabCall& call) {
  const std::string& file = call.line.operand;
  uid_t reader = TRY(reader_of(call.line));
  kerberos::KeytabRecords content = TRY(unless_faulty(kerberos::read_keytab_records(file)));
  std::vector<kerberos::SaltToTry> salts = TRY(named_salts(call.line, content));
  std::vector<KeytabService> asked;
  if (asks_kdc(call.line)) asked = TRY(services_at_kdc(call.line, content));
  for (const KeytabService& service : asked)
    salts.push_back({service.account.salt_or_default(), {"the one that the KDC tells", "dem, das das KDC nennt"}});
  std::optional<Secret> password =
      TRY(known_password(call.streams, call.line.language, call.line.value_of("--password-file")));
  std::vector<KeytabFinding> findings = kerberos::judge_keytab(file, content);
  std::ranges::move(kerberos::judge_keytab_names(content), std::back_inserter(findings));
  std::ranges::move(kerberos::judge_keytab_rights(file, reader), std::back_inserter(findings));
  if (password) std::ranges::move(kerberos::judge_password(content, *password, salts), std::back_inserter(findings));
  std::vector<KeytabFinding> versions = TRY(judge_key_versions(file, content, asked, password));
  std::ranges::move(versions, std::back_inserter(findings));
  bool errors = std::ranges::find(findings, KeytabLevel::Error, &KeytabFinding::level) != findings.end();
  tell_findings(call, gravest_first(std::move(findings)));
  return errors ? kDoesNotHold : kDone;
}

}  // namespace pforte::app
