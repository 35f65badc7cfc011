#include "kerberos/keytab.h"

#include <krb5/krb5.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/shell_word.h"
#include "base/text.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab_file.h"

namespace pforte::kerberos {
namespace {

// The names in a keytab, each once.
std::string names_in(const KeytabContent& content) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> names;
  for (const KeytabEntry& entry : content.entries) {
    std::string name = entry.principal.to_text();
    if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    if (names.size() > kMost) break;
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += cat(i == 0 ? "" : ", ", names[i]);
  return names.size() > kMost ? text + ", ..." : text;
}

bool is_allowed(const KerberosConfig& config, const std::string& name) {
  return std::ranges::find(config.allow_rc4, name) != config.allow_rc4.end();
}

// What keeps the service from being used, if anything does.
std::optional<Fault> check_service(const KerberosConfig& config, const KeytabConfig& one,
                                   const KeytabContent& content) {
  std::string name = one.principal.to_text();
  bool any = false, strong = is_allowed(config, name);
  for (const KeytabEntry& entry : content.entries) {
    if (entry.principal != one.principal) continue;
    any = true;
    strong = strong || !is_weak(entry.encryption);
  }
  if (any && strong) return std::nullopt;
  if (content.fault) return content.fault;
  return any ? only_weak_keys(name, one.keytab.value) : no_key_of(name, one.keytab.value, names_in(content));
}

void warn(const KeytabConfig& one, const Fault& fault, conf::Problems& problems) {
  problems.warning(one.place, fault.code, fault.what, fault.remedy);
}

void warn_of_disabled(const KeytabConfig& one, Fault fault, conf::Problems& problems) {
  std::string name = one.principal.to_text();
  fault.what = {cat(name, " cannot be used: ", fault.what.en), cat(name, " ist nicht verwendbar: ", fault.what.de)};
  warn(one, fault, problems);
}

}  // namespace

Fault no_key_of(const std::string& principal, const std::string& file, const std::string& others) {
  return {"kerberos.keytab-principal",
          {cat("the keytab ", file, " has no key of ", principal, ", but of ", others),
           cat("die Keytab ", file, " hat keinen Schlüssel von ", principal, ", aber von ", others)},
          {"write the name as the keytab has it, case included, or make the keytab for this name",
           "den Namen schreiben, wie er in der Keytab steht, auch groß und klein, oder die Keytab für diesen Namen "
           "erzeugen"}};
}

Fault only_weak_keys(const std::string& principal, const std::string& file) {
  return {"kerberos.keytab-weak",
          {cat("the keytab ", file, " has only RC4 or DES keys of ", principal),
           cat("die Keytab ", file, " hat von ", principal, " nur Schlüssel für RC4 oder DES")},
          {"enable AES for the account and make the keytab again: ktpass ... /crypto AES256-SHA1",
           "für das Konto AES einschalten und die Keytab neu erzeugen: ktpass ... /crypto AES256-SHA1"}};
}

KeytabContent read_keytab(const std::string& file) {
  KeytabContent content;
  Library library = open_library();
  if (!library) {
    content.fault = Fault{"kerberos.krb5-config",
                          {"the Kerberos library cannot read its configuration",
                           "die Kerberos-Bibliothek kann ihre Konfiguration nicht lesen"},
                          {"pforte check names file and line", "pforte check nennt Datei und Zeile"}};
    return content;
  }
  content.fault = visit_keytab(library.get(), file, [&](krb5_keytab_entry& entry) {
    content.entries.push_back(
        {principal_of(*entry.principal), int(entry.vno), entry.key.enctype, time_of_entry(entry)});
  });
  return content;
}

std::optional<Fault> check_keytab_rights(const std::string& file) {
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0 || (about.st_mode & S_IRWXO) == 0) return std::nullopt;
  return Fault{
      "kerberos.keytab-rights",
      {cat("everybody on this machine can read or change the keytab ", file, " and sign in as anybody with it"),
       cat("jeder auf diesem Rechner kann die Keytab ", file, " lesen oder ändern und sich damit als jeder anmelden")},
      {cat("chmod o= ", shell_word(file)), cat("chmod o= ", shell_word(file))}};
}

std::optional<Fault> check_service_keys(const KerberosConfig& config, const KeytabConfig& one) {
  return check_service(config, one, read_keytab(one.keytab.value));
}

void check_keytabs(const KerberosConfig& config, conf::Problems& problems) {
  std::string last;
  KeytabContent content;
  for (const KeytabConfig& one : config.keytabs) {
    // Many services share one file, as a rule one after the other.
    if (one.keytab.value != last) {
      last = one.keytab.value;
      content = read_keytab(last);
      if (std::optional<Fault> exposed = check_keytab_rights(last)) warn(one, *exposed, problems);
    }
    if (std::optional<Fault> fault = check_service(config, one, content)) {
      warn_of_disabled(one, *std::move(fault), problems);
    } else if (content.fault) {
      warn(one, *content.fault, problems);
    }
  }
}

}  // namespace pforte::kerberos
