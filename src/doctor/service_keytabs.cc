#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/file_rights.h"
#include "doctor/spn_check.h"
#include "kerberos/access.h"
#include "kerberos/keytab.h"

namespace pforte::doctor {
namespace {

constexpr Check kKeytabFolder{.id = "krb5.keytab-folder",
                              .source = "",
                              .why = {"who may replace the keytab decides whose tickets the gate believes",
                                      "wer die Keytab ersetzen darf, bestimmt, wessen Tickets das Gate glaubt"}};
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
             .command = cat("klist -ekt ", one.keytab.value),
             .evidence = {{.name = {"service", "Dienst"}, .value = one.principal.to_text()}, evidence_of(one.place)}});
}

}  // namespace

void check_service_keytabs(const KerberosFacts& facts, const KerberosHops& hops, Path& path) {
  std::set<std::string> looked_at;
  for (const kerberos::KeytabConfig& one : facts.config.keytabs) {
    std::string name = joined(one.principal.components, "/");
    if (facts.alone && !equals_ignoring_case(*facts.alone, name)) continue;
    bool first = looked_at.insert(one.keytab.value).second;
    if (first) tell_windows_path(one.keytab, hops.keytab, path);
    std::optional<kerberos::Fault> fault = kerberos::check_service_keys(facts.config, one);
    if (fault && !is_of_windows(one.keytab.value)) tell_key_fault(one, *std::move(fault), hops.keytab, path);
    if (first) check_keytab_place(one.keytab.value, facts.gate_user, hops.keytab, path);
  }
  if (facts.config.config) tell_windows_path(*facts.config.config, hops.krb5, path);
}

void check_keytab_place(const std::string& file, uid_t gate_user, std::size_t hop, Path& path) {
  if (std::optional<kerberos::Fault> exposed = kerberos::check_keytab_rights(file)) {
    path.tell({.check = {.id = exposed->code, .source = "", .why = {}},
               .level = Level::Error,
               .hop = hop,
               .seen = exposed->what,
               .remedy = exposed->remedy,
               .command = cat("ls -l ", file)});
  } else if (std::optional<std::string> open = changed_by_everybody(file)) {
    path.tell({.check = kKeytabFolder,
               .level = Level::Error,
               .hop = hop,
               .seen = {cat("everybody on this machine can change ", *open, ", and so replace ", file),
                        cat("jeder hier kann ", *open, " ändern und so ", file, " ersetzen")},
               .remedy = {cat("chmod o-w ", *open), cat("chmod o-w ", *open)},
               .command = cat("namei -l ", file)});
  }
  std::optional<uid_t> owner = owner_of(file);
  if (!owner || *owner == 0 || *owner == gate_user) return;
  std::string who = kerberos::user_name(*owner), gate = kerberos::user_name(gate_user);
  path.tell({.check = kKeytabOwner,
             .level = Level::Warning,
             .hop = hop,
             .seen = {cat(file, " belongs to ", who, ", and the gate runs as ", gate),
                      cat(file, " gehört ", who, ", und das Gate läuft als ", gate)},
             .remedy = {cat("chown ", gate, " ", file), cat("chown ", gate, " ", file)},
             .command = cat("ls -l ", file)});
}

}  // namespace pforte::doctor
