#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/certificate_profile.h"
#include "base/error.h"
#include "crypto/certificate.h"
#include "store/store.h"

namespace pforte::authority {

using crypto::UtcTime;

// Why a certificate was revoked (CRLReason, RFC 5280, 5.3.1).
enum class RevocationReason : std::uint8_t {
  Unspecified = 0,
  KeyCompromise = 1,
  AffiliationChanged = 3,
  Superseded = 4,
  CessationOfOperation = 5,
  PrivilegeWithdrawn = 9,
};

// "unspecified", "key-compromise", "affiliation-changed", "superseded", "cessation-of-operation",
// "privilege-withdrawn".
std::string_view name_of(RevocationReason reason);
std::optional<RevocationReason> revocation_reason(std::string_view name);

// A certificate that was issued.
struct LedgerEntry {
  std::string serial;              // lower case hexadecimal
  std::string issuer;              // CaCertificate::key_id() of who signed it
  std::string subject;             // RFC 4514 text
  std::vector<std::string> names;  // "dns:crm.example.com"
  CertificateProfile profile = CertificateProfile::Server;
  UtcTime not_before, not_after, issued;
  std::optional<UtcTime> revoked;
  RevocationReason reason = RevocationReason::Unspecified;
  std::string certificate;  // PEM
};

// What an authority has issued and revoked, in the store. An entry is on the disk before its certificate leaves.
// Every function fails as the store does.
class Ledger {
 public:
  explicit Ledger(store::Store& store) : store_(store) {}

  Result<> add(const LedgerEntry& entry);

  // In the order in which they were issued.
  Result<std::vector<LedgerEntry>> all();

  // Fails with Kind::NotFound (authority.unknown-serial).
  Result<LedgerEntry> find(const std::string& serial);

  // Every serial number that begins with these digits, or that has this name, is that one; fails with Kind::Invalid
  // (authority.ambiguous) where there are several.
  Result<LedgerEntry> find_meant(const std::string& meant);

  // Does nothing where it was revoked before: the first time counts. Fails as find().
  Result<LedgerEntry> revoke(const std::string& serial, RevocationReason reason, UtcTime when);

  // Those of one issuer that were revoked, in the order of their serial numbers.
  Result<std::vector<LedgerEntry>> revoked_by(const std::string& issuer);

 private:
  Result<std::vector<LedgerEntry>> select(std::string_view condition, store::Store::Values values);

  store::Store& store_;
};

}  // namespace pforte::authority
