#include "authority/ledger.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::authority {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kShortestDigits = 8;

constexpr std::array<std::pair<RevocationReason, std::string_view>, 6> kReasons = {{
    {RevocationReason::Unspecified, "unspecified"},
    {RevocationReason::KeyCompromise, "key-compromise"},
    {RevocationReason::AffiliationChanged, "affiliation-changed"},
    {RevocationReason::Superseded, "superseded"},
    {RevocationReason::CessationOfOperation, "cessation-of-operation"},
    {RevocationReason::PrivilegeWithdrawn, "privilege-withdrawn"},
}};

std::int64_t stored(UtcTime time) {
  return milliseconds(time.time_since_epoch()).count();
}

UtcTime time_in(std::int64_t stored) {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::sys_time<milliseconds>(milliseconds(stored)));
}

std::vector<std::string> split(std::string_view all) {
  std::vector<std::string> names;
  while (!all.empty()) {
    std::size_t end = std::min(all.find(' '), all.size());
    names.emplace_back(all.substr(0, end));
    all.remove_prefix(std::min(end + 1, all.size()));
  }
  return names;
}

LedgerEntry entry_in(const store::Row& row) {
  LedgerEntry entry{.serial = std::string(row.text(0)),
                    .issuer = std::string(row.text(1)),
                    .subject = std::string(row.text(2)),
                    .names = split(row.text(3)),
                    .profile = certificate_profile(row.text(4)).value_or(CertificateProfile::Server),
                    .not_before = time_in(row.number(5)),
                    .not_after = time_in(row.number(6)),
                    .issued = time_in(row.number(7)),
                    .revoked = {},
                    .certificate = std::string(row.text(10))};
  if (!row.is_null(8)) entry.revoked = time_in(row.number(8));
  entry.reason = RevocationReason(row.number(9));
  return entry;
}

bool is_meant(const LedgerEntry& entry, const std::string& meant) {
  std::string digits = lowered(meant);
  std::erase(digits, ':');
  if (digits.size() >= kShortestDigits && entry.serial.starts_with(digits)) return true;
  return std::ranges::any_of(entry.names, [&](std::string_view name) {
    return name == meant || name.substr(name.find(':') + 1) == lowered(meant);
  });
}

}  // namespace

std::string_view name_of(RevocationReason reason) {
  auto found = std::ranges::find(kReasons, reason, &std::pair<RevocationReason, std::string_view>::first);
  return found == kReasons.end() ? "unspecified" : found->second;
}

std::optional<RevocationReason> revocation_reason(std::string_view name) {
  auto found = std::ranges::find(kReasons, name, &std::pair<RevocationReason, std::string_view>::second);
  return found == kReasons.end() ? std::nullopt : std::optional(found->first);
}

Result<> Ledger::add(const LedgerEntry& entry) {
  (void)TRY(store_.change(
      "INSERT INTO authority_certificate (serial, issuer, subject, names, profile, not_before, "
      "not_after, issued, revoked, reason, certificate) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, 0, ?)",
      {entry.serial, entry.issuer, entry.subject, joined(entry.names, " "), std::string(name_of(entry.profile)),
       stored(entry.not_before), stored(entry.not_after), stored(entry.issued), entry.certificate}));
  return {};
}

Result<std::vector<LedgerEntry>> Ledger::select(std::string_view condition, store::Store::Values values) {
  std::vector<LedgerEntry> entries;
  TRY(store_.read(cat("SELECT serial, issuer, subject, names, profile, not_before, not_after, issued, revoked, reason, "
                      "certificate FROM authority_certificate ",
                      condition),
                  values, [&](const store::Row& row) { entries.push_back(entry_in(row)); }));
  return entries;
}

Result<std::vector<LedgerEntry>> Ledger::all() {
  return select("ORDER BY issued, serial", {});
}

Result<LedgerEntry> Ledger::find(const std::string& serial) {
  std::vector<LedgerEntry> found = TRY(select("WHERE serial = ?", {serial}));
  if (!found.empty()) return std::move(found.front());
  return fail(Kind::NotFound, "authority.unknown-serial",
              cat("the company CA has issued no certificate with the serial number ", serial));
}

Result<LedgerEntry> Ledger::find_meant(const std::string& meant) {
  std::vector<LedgerEntry> entries = TRY(all());
  std::erase_if(entries, [&](const LedgerEntry& entry) { return !is_meant(entry, meant); });
  if (entries.size() == 1) return std::move(entries.front());
  if (entries.empty())
    return fail(Kind::NotFound, "authority.unknown-serial",
                cat("the company CA has issued no certificate \"", meant, '"'));
  return fail(Kind::Invalid, "authority.ambiguous",
              cat("the company CA has issued ", entries.size(), " certificates \"", meant, '"'));
}

Result<LedgerEntry> Ledger::revoke(const std::string& serial, RevocationReason reason, UtcTime when) {
  (void)TRY(
      store_.change("UPDATE authority_certificate SET revoked = ?, reason = ? WHERE serial = ? AND revoked IS NULL",
                    {stored(when), std::int64_t(reason), serial}));
  return find(serial);
}

Result<std::vector<LedgerEntry>> Ledger::revoked_by(const std::string& issuer) {
  return select("WHERE issuer = ? AND revoked IS NOT NULL ORDER BY serial", {issuer});
}

}  // namespace pforte::authority
