#pragma once

#include <vector>

#include "kerberos/keytab_findings.h"

namespace pforte::kerberos {

// Names of a keytab that no browser asks for: another service than HTTP, a port, an address, capitals, a realm in small
// letters. Where the key of the name that was meant is there as well, each is a note.
std::vector<KeytabFinding> judge_keytab_names(const KeytabRecords& content);

}  // namespace pforte::kerberos
