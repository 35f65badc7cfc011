#include "authority/revocation_list.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "crypto/crl_making.h"

namespace pforte::authority {
namespace {

using namespace std::chrono_literals;

constexpr auto kLeftOutAfter = std::chrono::days(7);

struct StoredList {
  RevocationList list;
  std::int64_t revoked = 0;
};

std::int64_t seconds_of(UtcTime time) {
  return time.time_since_epoch().count();
}

UtcTime seconds_in(std::int64_t seconds) {
  return UtcTime(std::chrono::seconds(seconds));
}

Result<std::optional<StoredList>> stored_list(store::Store& store, const std::string& issuer) {
  std::optional<StoredList> found;
  TRY(store.read("SELECT number, revoked, this_update, next_update, list FROM authority_crl WHERE issuer = ?", {issuer},
                 [&](const store::Row& row) {
                   found.emplace();
                   found->list = {.der = from_hex(row.text(4)).value_or(std::string()),
                                  .number = std::uint64_t(row.number(0)),
                                  .this_update = seconds_in(row.number(2)),
                                  .next_update = seconds_in(row.number(3))};
                   found->revoked = row.number(1);
                 }));
  return found;
}

Result<std::int64_t> count_revoked(store::Store& store, const std::string& issuer) {
  std::int64_t count = 0;
  TRY(store.read("SELECT COUNT(*) FROM authority_certificate WHERE issuer = ? AND revoked IS NOT NULL", {issuer},
                 [&](const store::Row& row) { count = row.number(0); }));
  return count;
}

bool is_current(const std::optional<StoredList>& stored, std::int64_t revoked, UtcTime now) {
  if (!stored || stored->revoked != revoked || stored->list.der.empty()) return false;
  auto half = (stored->list.next_update - stored->list.this_update) / 2;
  return stored->list.this_update <= now && now < stored->list.this_update + half;
}

Result<std::vector<crypto::RevokedEntry>> entries_of(store::Store& store, const std::string& issuer, UtcTime now) {
  std::vector<crypto::RevokedEntry> entries;
  for (const LedgerEntry& entry : TRY(Ledger(store).revoked_by(issuer))) {
    if (entry.not_after + kLeftOutAfter < now) continue;
    entries.push_back({.serial = from_hex(entry.serial).value_or(std::string()),
                       .when = *entry.revoked,
                       .reason = int(entry.reason)});
  }
  return entries;
}

Result<> keep_list(store::Store& store, const std::string& issuer, const StoredList& made) {
  (void)TRY(store.change("DELETE FROM authority_crl WHERE issuer = ?", {issuer}));
  (void)TRY(
      store.change("INSERT INTO authority_crl (issuer, number, revoked, this_update, next_update, list) VALUES "
                   "(?, ?, ?, ?, ?, ?)",
                   {issuer, std::int64_t(made.list.number), made.revoked, seconds_of(made.list.this_update),
                    seconds_of(made.list.next_update), to_hex(made.list.der)}));
  return {};
}

// Inside of a transaction, so that no number is given twice.
Result<StoredList> renew(store::Store& store, const Authority& authority, UtcTime now, std::chrono::seconds lifetime) {
  std::string issuer = authority.intermediate().key_id();
  std::optional<StoredList> stored = TRY(stored_list(store, issuer));
  std::int64_t revoked = TRY(count_revoked(store, issuer));
  if (is_current(stored, revoked, now)) return *std::move(stored);
  StoredList made{.list = {.der = {},
                           .number = stored ? stored->list.number + 1 : 1,
                           .this_update = now,
                           .next_update = now + lifetime},
                  .revoked = revoked};
  crypto::CrlContent content{.number = made.list.number,
                             .this_update = made.list.this_update,
                             .next_update = made.list.next_update,
                             .revoked = TRY(entries_of(store, issuer, now))};
  made.list.der = TRY(crypto::make_crl(content, {authority.intermediate().x509.get(), authority.key()}));
  TRY(keep_list(store, issuer, made));
  return made;
}

}  // namespace

Result<RevocationList> current_list(store::Store& store, const Authority& authority, UtcTime now,
                                    std::chrono::seconds lifetime) {
  std::string issuer = authority.intermediate().key_id();
  std::optional<StoredList> stored = TRY(stored_list(store, issuer));
  std::int64_t revoked = TRY(count_revoked(store, issuer));
  if (is_current(stored, revoked, now)) return std::move(stored->list);
  std::optional<StoredList> made;
  auto work = [&]() -> Result<> {
    StoredList renewed = TRY(renew(store, authority, now, lifetime));
    made.emplace(std::move(renewed));
    return {};
  };
  TRY(store.transact(work));
  return std::move(made->list);
}

}  // namespace pforte::authority
