#include "kerberos/keytab_change.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/file_replacement.h"
#include "base/german.h"
#include "base/shell_word.h"
#include "base/text.h"
#include "kerberos/encryption.h"

namespace pforte::kerberos {
namespace {

constexpr mode_t kForItsOwner = 0600;

std::string version_of(const KeytabRecord& record, std::string_view word) {
  return cat(record.principal.to_text(), ", ", word, ' ', record.key_version, ", ", encryption_name(record.encryption));
}

Fault conflict(const KeytabRecord& record, const std::string& first, const std::string& second) {
  std::string check = cat("pforte keytab check ", shell_word(first), " --password-file -");
  return {"keytab.conflict",
          {cat(first, " and ", second, " have different keys of ", version_of(record, "version")),
           cat(first, " und ", second, " haben verschiedene Schlüssel von ", version_of(record, "Version"))},
          {cat("one of them was made with another password or salt; this tells whether it is the first: ", check),
           cat("eine wurde mit anderem Passwort oder Salz erzeugt; dies sagt, ob es die erste ist: ", check)}};
}

Fault taken(const KeytabRecord& record, const std::string& file) {
  return {"keytab.conflict",
          {cat(file, " has another key of ", version_of(record, "version")),
           cat(file, " hat einen anderen Schlüssel von ", version_of(record, "Version"))},
          {"a new password has a new version: give it with --kvno; nothing has changed",
           "ein neues Passwort hat eine neue Version: mit --kvno angeben; es hat sich nichts geändert"}};
}

Fault cannot_write(const Error& error) {
  return {"file.unwritable",
          {error.text(), cat("die Datei lässt sich nicht schreiben: ", german_or_same(error.text()))},
          {"nothing has changed; check the rights and the room there is",
           "es hat sich nichts geändert; Rechte und Platz prüfen"}};
}

// None: there is no such file. It is changed only if it was read to its end.
std::expected<std::optional<KeytabRecords>, Fault> present_records(const std::string& file) {
  std::expected<KeytabRecords, Fault> present = read_keytab_records(file);
  if (!present && present.error().code == "kerberos.keytab-missing") return std::nullopt;
  if (!present) return std::unexpected(std::move(present).error());
  if (present->flaw) return std::unexpected(fault_of(*present->flaw, file));
  return *std::move(present);
}

std::expected<void, Fault> commit(FileReplacement& replacement, const std::vector<KeytabRecord>& records) {
  struct stat about{};
  bool exists = ::stat(replacement.file().c_str(), &about) == 0;
  Secret bytes = keytab_bytes(records);
  Result<> written = replacement.commit(bytes.reveal(), exists ? std::nullopt : std::optional(kForItsOwner));
  if (!written) return std::unexpected(cannot_write(written.error()));
  return {};
}

}  // namespace

std::expected<KeytabChange, Fault> add_to_keytab(const std::string& file, const std::vector<KeytabRecord>& added) {
  Result<FileReplacement> replacement = FileReplacement::begin(file);
  if (!replacement) return std::unexpected(cannot_write(replacement.error()));
  std::optional<KeytabRecords> present = TRY(present_records(file));
  std::vector<KeytabRecord> all;
  if (present) all = std::move(present->records);
  KeytabChange change;
  bool changes = false;
  for (const KeytabRecord& record : added) {
    auto same = std::ranges::find_if(all, [&](const KeytabRecord& other) { return other.is_same_identity(record); });
    if (same != all.end() && same->key.reveal() != record.key.reveal()) return std::unexpected(taken(record, file));
    change.was_there.push_back(same != all.end());
    if (same != all.end()) continue;
    all.push_back(copy_of(record));
    changes = true;
  }
  change.records = all.size();
  if (changes) TRY(commit(*replacement, all));
  return change;
}

std::expected<std::vector<KeytabRecord>, Fault> merge_keytabs(const std::vector<KeytabSource>& sources) {
  struct Origin {
    KeytabRecord record;
    const std::string* file;
  };
  // In the order of their names; of one name in the order of files, so the second key of it is a position.
  std::map<std::pair<std::string, std::size_t>, Origin> all;
  std::map<std::string, Origin*> known;
  for (const KeytabSource& source : sources) {
    for (const KeytabRecord& record : source.content.records) {
      std::string name = record.principal.to_text();
      Origin*& same = known[cat(name, '\0', record.key_version, '\0', record.encryption)];
      if (!same) {
        auto place = std::pair(std::move(name), all.size());
        same = &all.emplace(std::move(place), Origin{copy_of(record), &source.file}).first->second;
      } else if (same->record.key.reveal() != record.key.reveal()) {
        return std::unexpected(conflict(record, *same->file, source.file));
      }
    }
  }
  std::vector<KeytabRecord> merged;
  merged.reserve(all.size());
  for (auto& [place, origin] : all) merged.push_back(std::move(origin.record));
  return merged;
}

std::expected<void, Fault> write_keytab(const std::string& file, const std::vector<KeytabRecord>& records) {
  Result<FileReplacement> replacement = FileReplacement::begin(file);
  if (!replacement) return std::unexpected(cannot_write(replacement.error()));
  return commit(*replacement, records);
}

}  // namespace pforte::kerberos
