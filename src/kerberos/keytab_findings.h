#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/message.h"
#include "base/secret.h"
#include "kerberos/keytab_records.h"

namespace pforte::kerberos {

enum class KeytabLevel : std::uint8_t { Note, Warning, Error };

// What there is to say of a keytab.
struct KeytabFinding {
  std::string_view id;  // of docs/errors.md, always a literal
  KeytabLevel level = KeytabLevel::Warning;
  Message what;
  Message remedy;       // one sentence; empty where there is nothing to do
  std::string command;  // that does it; may be empty
};

// What is wrong with the file by itself: form, holes, duplicates, encryptions, old versions. Of a file with a flaw that
// too.
std::vector<KeytabFinding> judge_keytab(const std::string& file, const KeytabRecords& content);

// Who may read the file: everybody, its group, whom an ACL names, and whether `user` may, who is to run the gate. Fails
// for nobody: what cannot be looked at is told by whoever reads the file.
std::vector<KeytabFinding> judge_keytab_rights(const std::string& file, uid_t user);

// A salt to try, and where it comes from.
struct SaltToTry {
  std::string salt;
  Message origin;  // "by MIT krb5"
};

// Whether the password makes the newest keys of each principal, and with which of the salts. For each of them what fits
// is a note; what no salt makes fit is an error. Keys of encryptions that no password makes are left out. Each key
// costs some milliseconds for each salt.
std::vector<KeytabFinding> judge_password(const KeytabRecords& content, const Secret& password,
                                          const std::vector<SaltToTry>& more);

}  // namespace pforte::kerberos
