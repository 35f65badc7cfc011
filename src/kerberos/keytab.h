#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "conf/problem.h"
#include "kerberos/fault.h"
#include "kerberos/kerberos_config.h"
#include "kerberos/principal.h"

namespace pforte::kerberos {

// One key of a keytab, without the key.
struct KeytabEntry {
  Principal principal;
  int key_version = 0;
  int encryption = 0;  // RFC 3961 number
  std::chrono::system_clock::time_point written;
};

struct KeytabContent {
  std::vector<KeytabEntry> entries;  // of a file that is cut off: those before the cut
  std::optional<Fault> fault;        // missing, not readable, not a keytab, cut off, empty
};

// What stands in a keytab file.
KeytabContent read_keytab(const std::string& file);

// Whether the file can be read by others than its owner and group, who could then sign in as anybody.
std::optional<Fault> check_keytab_rights(const std::string& file);

// That a keytab has no key of a service, but of the `others`; or none that is good enough.
Fault no_key_of(const std::string& principal, const std::string& file, const std::string& others);
Fault only_weak_keys(const std::string& principal, const std::string& file);

// Why a service of a configuration cannot be used: its keytab is missing, or has no key of it that is good enough.
// None: it can.
std::optional<Fault> check_service_keys(const KerberosConfig& config, const KeytabConfig& one);

// What is wrong with the keytabs of a configuration, each at the place of its own entry. As warnings: one that is
// missing or wrong disables its own service alone, and works as soon as it is mended.
void check_keytabs(const KerberosConfig& config, conf::Problems& problems);

}  // namespace pforte::kerberos
