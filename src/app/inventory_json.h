#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "inventory/importing.h"
#include "inventory/lifetime.h"

namespace pforte::app {

// What the commands on the inventory print with --json. The keys are stable; instants are RFC 3339 in UTC.

// Why certificates were revoked, by their SHA-256: "key-compromise".
using RevocationReasons = std::unordered_map<std::string, std::string_view>;

// {"certificates": [{"sha256", "subject", "issuer", "serial", "names", "not_before", "not_after", "state", "revoked",
// "source", "owner", "has_key", "authority", "kept", "uses": [{"kind", "place", "first", "last", "current"}...],
// "reason"}...]}
std::string inventory_json(const std::vector<inventory::Entry>& entries, const RevocationReasons& reasons,
                           inventory::Time now);

// {"imported": [certificate with "chain_length" and "missing_issuer"...]}
std::string imported_json(const std::vector<inventory::ImportedCertificate>& imported, inventory::Time now);

// {"KEY": certificate}, such as "removed".
std::string one_json(std::string_view key, const inventory::Entry& entry, inventory::Time now);

}  // namespace pforte::app
