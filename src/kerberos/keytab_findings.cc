#include "kerberos/keytab_findings.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/file_access.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "kerberos/encryption.h"
#include "kerberos/file_readers.h"
#include "kerberos/keytab.h"
#include "kerberos/password_key.h"

namespace pforte::kerberos {
namespace {

using Level = KeytabLevel;

// The keys of one principal.
struct KeySet {
  std::vector<const KeytabRecord*> records;
  std::uint32_t newest = 0;
};

std::map<std::string, KeySet> by_principal(const KeytabRecords& content) {
  std::map<std::string, KeySet> sets;
  for (const KeytabRecord& record : content.records) {
    KeySet& set = sets[record.principal.to_text()];
    set.records.push_back(&record);
    set.newest = std::max(set.newest, record.key_version);
  }
  return sets;
}

KeytabFinding of_fault(const Fault& fault) {
  return {fault.code, Level::Error, fault.what, fault.remedy, ""};
}

void judge_encryptions(const std::string& name, const KeySet& set, std::vector<KeytabFinding>& findings) {
  std::string weak;
  bool strong = false;
  for (const KeytabRecord* record : set.records) {
    if (record->key_version != set.newest) continue;
    bool is_good = !is_weak(record->encryption);
    strong = strong || is_good;
    if (!is_good) weak += cat(weak.empty() ? "" : ", ", encryption_name(record->encryption));
  }
  if (!strong) {
    findings.push_back({"keytab.no-aes",
                        Level::Error,
                        {cat(name, " has no AES key in its newest version ", set.newest, ", only ", weak),
                         cat(name, " hat in der neuesten Version ", set.newest, " keinen AES-Schlüssel, nur ", weak)},
                        {"enable AES for the account, set its password again, and make the keytab with AES",
                         "für das Konto AES einschalten, das Passwort neu setzen und die Keytab mit AES erzeugen"},
                        "Set-ADUser ACCOUNT -KerberosEncryptionType AES128,AES256"});
  } else if (!weak.empty()) {
    findings.push_back({"keytab.weak",
                        Level::Warning,
                        {cat(name, " also has a key that can be broken: ", weak),
                         cat(name, " hat auch einen Schlüssel, der sich brechen lässt: ", weak)},
                        {"leave it out of the keytab once no client gets such tickets any more",
                         "aus der Keytab weglassen, sobald kein Client mehr solche Tickets erhält"},
                        ""});
  }
}

void judge_versions(const std::string& name, const KeySet& set, std::vector<KeytabFinding>& findings) {
  std::set<std::uint32_t> old;
  for (const KeytabRecord* record : set.records) {
    if (record->key_version != set.newest) old.insert(record->key_version);
  }
  if (old.empty()) return;
  std::string versions;
  for (std::uint32_t version : old) versions += cat(versions.empty() ? "" : ", ", version);
  findings.push_back({"keytab.old-version",
                      Level::Note,
                      {cat(name, " has older keys beside those of version ", set.newest, ": ", versions),
                       cat(name, " hat neben denen der Version ", set.newest, " ältere Schlüssel: ", versions)},
                      {"they are needed until the last ticket from before the change has expired, ten hours as a rule",
                       "sie werden gebraucht, bis das letzte Ticket von vor der Änderung abgelaufen ist, in der Regel "
                       "zehn Stunden"},
                      ""});
}

// Its keys once each, in format 2; it keeps its owner and its rights.
std::string merge_command(const std::string& file) {
  std::string word = shell_word(file);
  return cat("pforte keytab merge ", word, " --out ", word);
}

void judge_duplicates(const std::string& file, const std::string& name, const KeySet& set,
                      std::vector<KeytabFinding>& findings) {
  std::map<std::pair<std::uint32_t, int>, const KeytabRecord*> seen;
  for (const KeytabRecord* record : set.records) {
    auto [first, fresh] = seen.emplace(std::pair(record->key_version, record->encryption), record);
    if (fresh) continue;
    std::string which = cat(record->key_version, ", ", encryption_name(record->encryption));
    if (first->second->key.reveal() == record->key.reveal()) {
      findings.push_back({"keytab.duplicate",
                          Level::Warning,
                          {cat(name, ": the key of version ", which, " stands there twice"),
                           cat(name, ": der Schlüssel der Version ", which, " steht zweimal da")},
                          {"write the file anew: each key is written once",
                           "die Datei neu schreiben: Jeder Schlüssel wird einmal geschrieben"},
                          merge_command(file)});
    } else {
      findings.push_back(
          {"keytab.conflict",
           Level::Error,
           {cat(name, ": there are two different keys of version ", which, "; only the first is ever used"),
            cat(name, ": es gibt zwei verschiedene Schlüssel der Version ", which,
                "; nur der erste wird je verwendet")},
           {"make the keytab anew; a check with the password tells which of them it makes",
            "die Keytab neu erzeugen; eine Prüfung mit dem Passwort sagt, welchen es ergibt"},
           cat("pforte keytab check ", shell_word(file), " --password-file -")});
    }
  }
}

// The groups of a user, the first of them included.
std::vector<gid_t> groups_of(const std::string& user, gid_t first) {
  constexpr int kMost = 1024;
  std::vector<gid_t> groups(kMost);
  int count = kMost;
  if (::getgrouplist(user.c_str(), first, groups.data(), &count) < 0) count = kMost;
  groups.resize(std::size_t(count));
  return groups;
}

std::vector<gid_t> groups_of(uid_t user) {
  std::array<char, 4096> space{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(user, &entry, space.data(), space.size(), &found);
  return found ? groups_of(found->pw_name, found->pw_gid) : std::vector<gid_t>();
}

std::string group_name(gid_t group) {
  std::array<char, 16384> space{};
  ::group entry{};
  ::group* found = nullptr;
  getgrgid_r(group, &entry, space.data(), space.size(), &found);
  return found ? found->gr_name : cat("number ", group);
}

// Whom a POSIX ACL lets read the file, which no `ls -l` shows.
void judge_acl(const std::string& file, const FileReaders& readers, uid_t user, std::vector<KeytabFinding>& findings) {
  std::string names;
  for (const FileReaders::Named& one : readers.users) {
    bool is_other = one.id != user && one.id != 0 && one.id != readers.owner;
    if (one.reads && is_other) names += cat(names.empty() ? "" : ", ", user_name(one.id));
  }
  std::size_t users = names.size();
  for (const FileReaders::Named& one : readers.groups) {
    if (one.reads) names += cat(names.empty() ? "" : ", ", group_name(one.id));
  }
  if (names.empty()) return;
  findings.push_back({"keytab.acl-readable",
                      users > 0 ? Level::Warning : Level::Note,
                      {cat("an ACL lets others read ", file, " as well: ", names),
                       cat("eine ACL lässt auch andere ", file, " lesen: ", names)},
                      {"nobody should read it but who runs the service; setfacl -b takes the ACL away",
                       "nur wer den Dienst betreibt, sollte sie lesen; setfacl -b nimmt die ACL weg"},
                      cat("getfacl ", shell_word(file))});
}

bool makes(const Secret& password, const KeytabRecord& record, const std::string& salt) {
  Result<Secret> key = password_key(record.encryption, password, salt);
  return key && key->reveal() == record.key.reveal();
}

KeytabFinding fits(const std::string& name, const KeytabRecord& record, const SaltToTry& salt) {
  std::string key = encryption_name(record.encryption);
  return {"keytab.password-fits",
          Level::Note,
          {cat(name, ", version ", record.key_version, ", ", key, ": the password makes this key, with the salt \"",
               salt.salt, "\", ", salt.origin.en),
           cat(name, ", Version ", record.key_version, ", ", key,
               ": das Passwort ergibt diesen Schlüssel, mit dem Salz \"", salt.salt, "\", ", salt.origin.de)},
          {},
          ""};
}

KeytabFinding differs(const std::string& name, const KeytabRecord& record, const std::vector<SaltToTry>& tried) {
  std::string key = encryption_name(record.encryption), salts;
  for (const SaltToTry& salt : tried) salts += cat(salts.empty() ? "\"" : ", \"", salt.salt, '"');
  return {"keytab.password-differs",
          Level::Error,
          {cat(name, ", version ", record.key_version, ", ", key,
               ": the password does not make this key, with none of the salts ", salts),
           cat(name, ", Version ", record.key_version, ", ", key,
               ": das Passwort ergibt diesen Schlüssel nicht, mit keinem der Salze ", salts)},
          {"name the account, whose salt is another: --account user:NAME or --ask-kdc; else it is another password",
           "das Konto nennen, dessen Salz ein anderes ist: --account user:NAME oder --ask-kdc; sonst ist es ein "
           "anderes Passwort"},
          ""};
}

// Those to try first, and those that follow from the principal.
std::vector<SaltToTry> salts_of(const Principal& principal, const std::vector<SaltToTry>& first) {
  std::vector<SaltToTry> salts = first;
  salts.push_back({default_salt(principal),
                   {"the one of MIT Kerberos and of an account with this userPrincipalName",
                    "dem von MIT Kerberos und eines Kontos mit diesem userPrincipalName"}});
  const std::string& host = principal.components.back();
  std::string_view computer = std::string_view(host).substr(0, host.find('.'));
  salts.push_back({computer_salt(principal.realm, computer),
                   {cat("the one of the computer account ", computer, " in Active Directory"),
                    cat("dem des Computerkontos ", computer, " in Active Directory")}});
  return salts;
}

}  // namespace

std::vector<KeytabFinding> judge_keytab(const std::string& file, const KeytabRecords& content) {
  std::vector<KeytabFinding> findings;
  if (content.flaw) findings.push_back(of_fault(fault_of(*content.flaw, file)));
  if (content.records.empty() && !content.flaw) {
    findings.push_back(
        of_fault({"kerberos.keytab-empty",
                  {cat("the keytab ", file, " holds no key"), cat("die Keytab ", file, " enthält keinen Schlüssel")},
                  {"write the key of the service into it", "den Schlüssel des Dienstes hineinschreiben"}}));
  }
  if (content.format == 1) {
    findings.push_back({"keytab.format-1",
                        Level::Warning,
                        {cat(file, " has the old format 1, which Java and Windows cannot read"),
                         cat(file, " hat das alte Format 1, das Java und Windows nicht lesen")},
                        {"write it anew, in format 2", "sie neu schreiben, in Format 2"},
                        merge_command(file)});
  }
  if (content.holes > 0) {
    findings.push_back({"keytab.holes",
                        Level::Note,
                        {cat(file, " has places of deleted keys: ", content.holes),
                         cat(file, " hat Stellen gelöschter Schlüssel: ", content.holes)},
                        {"nothing; a merge leaves them out", "nichts; ein Zusammenführen lässt sie weg"},
                        ""});
  }
  for (const auto& [name, set] : by_principal(content)) {
    judge_encryptions(name, set, findings);
    judge_versions(name, set, findings);
    judge_duplicates(file, name, set, findings);
  }
  return findings;
}

std::vector<KeytabFinding> judge_keytab_rights(const std::string& file, uid_t user) {
  std::vector<KeytabFinding> findings;
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0) return findings;
  if (std::optional<Fault> everybody = check_keytab_rights(file)) findings.push_back(of_fault(*everybody));
  FileReaders readers = readers_of(file, about);
  judge_acl(file, readers, user, findings);
  if (readers.by_group) {
    std::string group = group_name(about.st_gid);
    findings.push_back(
        {"keytab.group-readable",
         Level::Note,
         {cat("the group ", group, " can read ", file), cat("die Gruppe ", group, " kann ", file, " lesen")},
         {"nobody else should be in it than who runs the service", "in ihr sollte nur sein, wer den Dienst betreibt"},
         cat("getent group ", about.st_gid)});
  }
  if (!readers.may_read(user, groups_of(user))) {
    std::string reader = user_name(user);
    findings.push_back(
        {"keytab.user-denied",
         Level::Error,
         {cat("the user ", reader, " may not read ", file, ", which belongs to ", user_name(about.st_uid)),
          cat("der Benutzer ", reader, " darf ", file, " nicht lesen; sie gehört ", user_name(about.st_uid))},
         {"give it to the user that runs the service", "sie dem Benutzer geben, der den Dienst betreibt"},
         cat("chown ", user_word(user), " ", shell_word(file), " && chmod 600 ", shell_word(file))});
  }
  return findings;
}

std::vector<KeytabFinding> judge_password(const KeytabRecords& content, const Secret& password,
                                          const std::vector<SaltToTry>& more) {
  std::vector<KeytabFinding> findings;
  for (const auto& [name, set] : by_principal(content)) {
    std::vector<SaltToTry> salts = salts_of(set.records.front()->principal, more);
    std::vector<SaltToTry> none = {{"", {"which RC4 has not", "das RC4 nicht hat"}}};
    for (const KeytabRecord* record : set.records) {
      bool is_rc4 = record->encryption == 23,
           derived = is_rc4 || (record->encryption >= 17 && record->encryption <= 20);
      if (record->key_version != set.newest || !derived) continue;
      const std::vector<SaltToTry>& tried = is_rc4 ? none : salts;
      auto found =
          std::ranges::find_if(tried, [&](const SaltToTry& salt) { return makes(password, *record, salt.salt); });
      findings.push_back(found == tried.end() ? differs(name, *record, tried) : fits(name, *record, *found));
    }
  }
  return findings;
}

}  // namespace pforte::kerberos
