#pragma once

#include <string>
#include <vector>

#include "inventory/importing.h"
#include "inventory/lifetime.h"

namespace pforte::app {

// What the commands on the inventory print with --json. The keys are stable; instants are RFC 3339 in UTC.

// {"certificates": [{"sha256", "subject", "issuer", "serial", "names", "not_before", "not_after", "state", "source",
// "owner", "has_key", "authority", "kept", "uses": [{"kind", "place", "first", "last", "current"}...]}...]}
std::string inventory_json(const std::vector<inventory::Entry>& entries, inventory::Time now);

// {"imported": [certificate with "chain_length" and "missing_issuer"...]}
std::string imported_json(const std::vector<inventory::ImportedCertificate>& imported, inventory::Time now);

// {"KEY": certificate}, such as "removed".
std::string one_json(std::string_view key, const inventory::Entry& entry, inventory::Time now);

}  // namespace pforte::app
