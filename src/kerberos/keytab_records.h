#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "kerberos/fault.h"
#include "kerberos/principal.h"

// Keytab files as bytes, where the library shows too little of them (holes, how a version is written) and can change
// them in place alone. Keys are made elsewhere, by the library.

namespace pforte::kerberos {

// One key and whose it is.
struct KeytabRecord {
  Principal principal;
  std::uint32_t name_type = 1;    // RFC 4120, 6.2: 1 is NT-PRINCIPAL
  std::uint32_t written = 0;      // seconds since 1970; 0: nobody says, as ktpass does not
  std::uint32_t key_version = 0;  // of 32 bits where the file has them, else of 8
  int encryption = 0;             // RFC 3961 number
  Secret key;

  // All of it as it stands in a file of format 2, without its length.
  Secret bytes;

  // Same principal, key version and encryption: of these a keytab should have one key.
  bool is_same_identity(const KeytabRecord& other) const;
};

// A record as MIT krb5 writes it, with `bytes`.
KeytabRecord keytab_record(const Principal& principal, std::uint32_t written, std::uint32_t key_version, int encryption,
                           std::string_view key);

// Another of the same.
KeytabRecord copy_of(const KeytabRecord& record);

// Where a file cannot be read further.
struct KeytabFlaw {
  bool cut_off = false;  // it ends too early; else its lengths contradict each other
  std::size_t at = 0;    // the byte at which the record begins
};

struct KeytabRecords {
  int format = 2;                     // second byte of the file: 1 is native byte order, read as little-endian
  std::size_t holes = 0;              // records that were deleted
  std::vector<KeytabRecord> records;  // in their order; of a file with a flaw those before it
  std::optional<KeytabFlaw> flaw;
};

// Reads a keytab file. None: it does not begin as one.
// Source: MIT krb5, doc/formats/keytab_file_format.
std::optional<KeytabRecords> parse_keytab(std::string_view bytes);

// A whole file in format 2, without holes.
Secret keytab_bytes(std::span<const KeytabRecord> records);

// Reads a file. What is wrong with it as a whole: missing, not readable, no keytab, too large (16 MiB). An empty file
// has no records.
std::expected<KeytabRecords, Fault> read_keytab_records(const std::string& file);

// That a file cannot be read further, and what stands behind is lost.
Fault fault_of(const KeytabFlaw& flaw, const std::string& file);

}  // namespace pforte::kerberos
