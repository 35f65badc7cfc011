#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <vector>

#include "base/error.h"
#include "kerberos/fault.h"
#include "kerberos/keytab_records.h"

// Keytab files are changed as a whole: whoever reads one finds the old keys or the new ones, also when the disk is full
// or the machine goes down.

namespace pforte::kerberos {

// What came of a change.
struct KeytabChange {
  std::vector<bool> was_there;  // of each record that was to be added: the file had this very key
  std::size_t records = 0;      // in the file now
};

// Adds records to a keytab file, or makes one that its owner alone can read. Keys of other versions stay. Of no use to
// who is refused: a file that is no keytab, cut off or damaged, since what stands behind would be lost; another key of
// the same principal, version and encryption (keytab.conflict); a file that cannot be written.
std::expected<KeytabChange, Fault> add_to_keytab(const std::string& file, const std::vector<KeytabRecord>& added);

// One keytab and where it comes from.
struct KeytabSource {
  std::string file;
  KeytabRecords content;
};

// All keys of several files, each once, by the names of their principals; those of one name in the order of the files.
// Refused: two files (or one) with different keys of the same principal, version and encryption.
std::expected<std::vector<KeytabRecord>, Fault> merge_keytabs(const std::vector<KeytabSource>& sources);

// Writes a keytab file with these records in the place of whatever stands there; a new one can be read by its owner
// alone.
std::expected<void, Fault> write_keytab(const std::string& file, const std::vector<KeytabRecord>& records);

}  // namespace pforte::kerberos
