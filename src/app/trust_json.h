#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/message.h"
#include "pki/trust_diff.h"
#include "pki/trust_lint.h"
#include "pki/trust_store.h"
#include "pki/trust_store_change.h"

namespace pforte::app {

// What `pforte trust` prints with --json: one document, with stable keys. Instants are RFC 3339 in UTC, digests and
// serial numbers lower case hexadecimal.

// {"store", "form", "checked", "entries": [certificate...], "private_keys": [{"alias", "subject"}...]}; with
// `only`, that entry alone.
std::string list_json(const pki::TrustStore& store, std::optional<std::size_t> only = std::nullopt);

// {"store", "form", "added": [certificate with "was_there"...], "findings": [...]}
std::string added_json(const pki::TrustStore& store, const std::vector<pki::Added>& added,
                       const std::vector<pki::LintFinding>& findings, Language language);

// {"store", "removed": certificate, "count"}: how often it was there
std::string removed_json(const std::string& store, const std::vector<pki::TrustEntry>& entries);

// {"store", "duplicates": [certificate...]}
std::string duplicates_json(const std::string& store, const std::vector<pki::TrustEntry>& entries);

// {"same", "only_in_first": [certificate...], "only_in_second": [...], "renamed": [{"sha256", "first", "second"}...]}
std::string diff_json(const pki::TrustDiff& diff);

// {"store", "form", "findings": [{"id", "level", "certificate", "alias", "message", "source", "remedy",
// "commands"}...]}
std::string lint_json(const pki::TrustStore& store, const std::vector<pki::LintFinding>& findings, Language language);

}  // namespace pforte::app
