#include <algorithm>
#include <expected>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/file_access.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/file_rights.h"
#include "doctor/shown_command.h"
#include "doctor/spn_check.h"
#include "kerberos/keytab.h"
#include "kerberos/keytab_findings.h"
#include "kerberos/keytab_names.h"

namespace pforte::doctor {
namespace {

constexpr Check kKeytabFolder{.id = "krb5.keytab-folder",
                              .source = "",
                              .why = {"who may replace the keytab decides whose tickets the gate believes",
                                      "wer die Keytab ersetzen darf, bestimmt, wessen Tickets das Tor glaubt"}};
constexpr Check kKeytabOwner{.id = "krb5.keytab-owner",
                             .source = "",
                             .why = {"the owner of a file can always read and change it",
                                     "der Eigentümer einer Datei kann sie immer lesen und ändern"}};
constexpr Check kKeytabWindows{.id = "krb5.windows-path",
                               .source = "",
                               .why = {"on this machine a backslash is a letter like any other, and there is no drive",
                                       "auf diesem Rechner ist ein Backslash ein Zeichen wie jedes, und Laufwerke gibt "
                                       "es nicht"}};

// A drive letter, or a share, behind the folder that a relative name was resolved from.
bool is_of_windows(std::string_view file) {
  for (std::size_t at = 0; at + 2 < file.size(); ++at) {
    bool begins = at == 0 || file[at - 1] == '/';
    bool drive = is_alphanumeric(file[at]) && file[at + 1] == ':' && (file[at + 2] == '\\' || file[at + 2] == '/');
    if (begins && (drive || file.substr(at).starts_with("\\\\"))) return true;
  }
  return false;
}

void tell_windows_path(const conf::Text& file, std::size_t hop, Path& path) {
  if (!is_of_windows(file.value)) return;
  path.tell({.check = kKeytabWindows,
             .level = Level::Error,
             .hop = hop,
             .seen = {cat(file.value, " is a path of Windows"), cat(file.value, " ist ein Pfad von Windows")},
             .remedy = {"copy the file here and write its path on this machine",
                        "die Datei hierher kopieren und ihren Pfad auf diesem Rechner schreiben"},
             .evidence = {evidence_of(file.place)}});
}

void tell_key_fault(const kerberos::KeytabConfig& one, kerberos::Fault fault, std::size_t hop, Path& path) {
  path.tell({.check = {.id = fault.code, .source = "", .why = {}},
             .level = Level::Error,
             .hop = hop,
             .seen = std::move(fault.what),
             .remedy = std::move(fault.remedy),
             .command = cat("klist -ekt ", shell_word(one.keytab.value)),
             .evidence = {{.name = {"service", "Dienst"}, .value = one.principal.to_text()}, evidence_of(one.place)}});
}

Level level_of(kerberos::KeytabLevel level) {
  if (level == kerberos::KeytabLevel::Error) return Level::Error;
  return level == kerberos::KeytabLevel::Warning ? Level::Warning : Level::Note;
}

// What check_service_keys() says of each service.
bool is_told_with_service(const kerberos::KeytabFinding& finding) {
  return finding.id == "keytab.no-aes" || finding.id.starts_with("kerberos.");
}

void tell_keytab(kerberos::KeytabFinding finding, KeytabHop at) {
  at.path.tell({.check = {.id = finding.id, .source = "", .why = {}},
                .level = level_of(finding.level),
                .hop = at.hop,
                .seen = std::move(finding.what),
                .remedy = std::move(finding.remedy),
                .command = std::move(finding.command)});
}

void tell_folder(const std::string& file, KeytabHop at) {
  std::optional<std::string> open = changed_by_everybody(file);
  if (!open || kerberos::check_keytab_rights(file)) return;
  std::string command = cat("chmod o-w ", shell_word(*open));
  at.path.tell({.check = kKeytabFolder,
                .level = Level::Error,
                .hop = at.hop,
                .seen = {cat("everybody on this machine can change ", *open, ", and so replace ", file),
                         cat("jeder hier kann ", *open, " ändern und so ", file, " ersetzen")},
                .remedy = {command, command},
                .command = cat("namei -l ", shell_word(file))});
}

// Root may everything as it is.
void tell_owner(const std::string& file, uid_t gate_user, KeytabHop at) {
  std::optional<uid_t> owner = owner_of(file);
  if (!owner || *owner == 0 || *owner == gate_user) return;
  std::string who = user_name(*owner), gate = user_name(gate_user);
  std::string command = cat("chown ", user_word(gate_user), " ", shell_word(file));
  at.path.tell({.check = kKeytabOwner,
                .level = Level::Warning,
                .hop = at.hop,
                .seen = {cat(file, " belongs to ", who, ", and the gate runs as ", gate),
                         cat(file, " gehört ", who, ", und das Tor läuft als ", gate)},
                .remedy = {command, command},
                .command = cat("ls -l ", shell_word(file))});
}

}  // namespace

void check_service_keytabs(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  std::set<std::string> looked_at;
  for (const kerberos::KeytabConfig& one : facts.config.keytabs) {
    if (!facts.concerns(one.principal)) continue;
    bool first = looked_at.insert(one.keytab.value).second;
    if (first) tell_windows_path(one.keytab, hops.keytab, path);
    std::optional<kerberos::Fault> fault = kerberos::check_service_keys(facts.config, one);
    if (fault && !is_of_windows(one.keytab.value)) tell_key_fault(one, *std::move(fault), hops.keytab, path);
    if (first) check_keytab_file(one.keytab.value, facts.gate_user, true, {path, hops.keytab});
  }
  if (facts.config.config) tell_windows_path(*facts.config.config, hops.krb5, path);
}

void check_keytab_file(const std::string& file, uid_t gate_user, bool services_judge, KeytabHop at) {
  std::expected<kerberos::KeytabRecords, kerberos::Fault> read = kerberos::read_keytab_records(file);
  std::vector<kerberos::KeytabFinding> findings;
  if (read) {
    findings = kerberos::judge_keytab(file, *read);
  } else {
    findings.push_back({.id = read.error().code,
                        .level = kerberos::KeytabLevel::Error,
                        .what = read.error().what,
                        .remedy = read.error().remedy,
                        .command = cat("namei -l ", shell_word(file))});
  }
  if (services_judge) {
    std::erase_if(findings, is_told_with_service);
  } else if (read) {
    std::ranges::move(kerberos::judge_keytab_names(*read), std::back_inserter(findings));
  }
  std::ranges::move(kerberos::judge_keytab_rights(file, gate_user), std::back_inserter(findings));
  for (kerberos::KeytabFinding& one : findings) tell_keytab(std::move(one), at);
  tell_folder(file, at);
  tell_owner(file, gate_user, at);
}

}  // namespace pforte::doctor
