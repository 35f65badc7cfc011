#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/ca_certificate.h"
#include "authority/distribution.h"
#include "authority/ledger.h"

namespace pforte::app {

// What `pforte ca` and `pforte cert issue` print with --json: one document. The keys are stable.

// {"root": {...}|null, "intermediate": {...}|null, "root_key_here": true}
std::string standing_json(const std::optional<authority::CaCertificate>& root,
                          const std::optional<authority::CaCertificate>& intermediate, bool root_key_here);

// {"request": "FILE"}
std::string request_json(const std::string& file);

// {"pem": "-----BEGIN ...", "file": "FILE"|null}: what was made, and where it was written.
std::string pem_json(std::string_view pem, const std::optional<std::string>& file);

// What was issued: serial, subject, names, profile, not_before, not_after, issued, revoked, reason.
std::string entry_json(const authority::LedgerEntry& entry);
std::string entries_json(const std::vector<authority::LedgerEntry>& entries);

// {"folder": "...", "sha256": "AA:BB...", "files": ["README.txt", ...]}
std::string package_json(const std::string& folder, const std::vector<authority::PackageFile>& files,
                         const std::string& fingerprint);

// The names that an authority is bound to: "example.com, 10.0.0.0/8". Empty: it is not.
std::string bounds_text(const pki::Certificate& certificate);

}  // namespace pforte::app
