#include "inventory/inventory.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/private_key.h"
#include "inventory/certificate_chain.h"

namespace pforte::inventory {
namespace {

using store::Row;
using store::Store;

constexpr std::size_t kFewestDigits = 8;

constexpr std::string_view kSelect =
    "SELECT sha256, subject, issuer, serial, not_before, not_after, authority, source, owner, kept, retired, "
    "CASE WHEN secret IS NULL THEN 0 ELSE 1 END FROM certificate ";

// The last column: whether no other has been seen at the place since.
constexpr std::string_view kSelectUses =
    "SELECT certificate, kind, place, first, last, CASE WHEN EXISTS (SELECT 1 FROM certificate_use AS later "
    "WHERE later.kind = certificate_use.kind AND later.place = certificate_use.place "
    "AND later.last > certificate_use.last) THEN 0 ELSE 1 END FROM certificate_use ";

std::int64_t in_store(Time time) {
  return std::chrono::milliseconds(time.time_since_epoch()).count();
}

Time from_store(std::int64_t milliseconds) {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::sys_time(std::chrono::milliseconds(milliseconds)));
}

template <class T>
T value_named(std::string_view name, T last) {
  auto value = T{};
  while (value != last && name_of(value) != name) value = T(std::uint8_t(value) + 1);
  return value;
}

Entry entry_of(const Row& row) {
  Entry entry;
  entry.sha256 = row.text(0);
  entry.subject = row.text(1);
  entry.issuer = row.text(2);
  entry.serial = row.text(3);
  entry.not_before = from_store(row.number(4));
  entry.not_after = from_store(row.number(5));
  entry.is_authority = row.number(6) != 0;
  entry.source = value_named(row.text(7), Source::File);
  entry.owner = row.text(8);
  entry.kept = from_store(row.number(9));
  if (!row.is_null(10)) entry.retired = from_store(row.number(10));
  entry.has_key = row.number(11) != 0;
  return entry;
}

Use use_of(const Row& row) {
  return {.kind = value_named(row.text(1), UseKind::Trust),
          .place = std::string(row.text(2)),
          .first = from_store(row.number(3)),
          .last = from_store(row.number(4)),
          .current = row.number(5) != 0};
}

// Gives them their names and uses: two statements, however many there are. `which` restricts them to some certificates.
Result<> fill(Store& store, std::vector<Entry>& entries, std::string_view which, Store::Values values) {
  std::unordered_map<std::string_view, Entry*> by_digest;
  for (Entry& entry : entries) by_digest.emplace(entry.sha256, &entry);
  auto fill_one = [&](const Row& row, auto take) {
    auto found = by_digest.find(row.text(0));
    if (found != by_digest.end()) take(*found->second);
  };
  TRY(store.read(cat("SELECT certificate, name FROM certificate_name ", which, "ORDER BY 1, 2"), values,
                 [&](const Row& row) { fill_one(row, [&](Entry& entry) { entry.names.emplace_back(row.text(1)); }); }));
  return store.read(cat(kSelectUses, which, "ORDER BY 1, 2, 3"), values,
                    [&](const Row& row) { fill_one(row, [&](Entry& entry) { entry.uses.push_back(use_of(row)); }); });
}

// Those that `rest` of the statement selects.
Result<std::vector<Entry>> select(Store& store, std::string_view rest, Store::Values values) {
  std::vector<Entry> entries;
  TRY(store.read(cat(kSelect, rest), values, [&](const Row& row) { entries.push_back(entry_of(row)); }));
  for (Entry& entry : entries) {
    std::vector<Entry> one = {std::move(entry)};
    TRY(fill(store, one, "WHERE certificate = ? ", {one.front().sha256}));
    entry = std::move(one.front());
  }
  return entries;
}

std::unexpected<Error> unknown(std::string_view meant) {
  return fail(Kind::NotFound, "certificate.unknown", cat("the inventory has no certificate \"", meant, '"'));
}

Result<> insert(Store& store, const ReadCertificate& read, Source source, const std::string& owner,
                const std::string& chain) {
  (void)TRY(store.change(
      "INSERT INTO certificate (sha256, subject, issuer, serial, not_before, not_after, authority, source, "
      "owner, kept, chain) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {read.sha256, read.subject, read.issuer, read.serial, in_store(read.not_before), in_store(read.not_after),
       std::int64_t(read.is_authority), std::string(name_of(source)), owner, store::now_in_store(), chain}));
  for (const std::string& name : read.names) {
    (void)TRY(store.change("INSERT INTO certificate_name (name, certificate) VALUES (?, ?) ON CONFLICT DO NOTHING",
                           {name, read.sha256}));
  }
  return {};
}

// What the inventory knows already of a certificate that comes again.
struct Known {
  bool has_key = false;
  Source source = Source::Seen;
  std::size_t chain_bytes = 0;
};

Result<std::optional<Known>> known(Store& store, const std::string& sha256) {
  std::optional<Known> known;
  TRY(
      store.read("SELECT CASE WHEN secret IS NULL THEN 0 ELSE 1 END, source, length(chain) FROM certificate "
                 "WHERE sha256 = ?",
                 {sha256}, [&](const Row& row) {
                   known = {.has_key = row.number(0) != 0,
                            .source = value_named(row.text(1), Source::File),
                            .chain_bytes = std::size_t(row.number(2))};
                 }));
  return known;
}

// Whoever brings the key, or puts it here on purpose, says where it is from. What was retired stays so: it may have
// been revoked.
Result<> renew(Store& store, const std::string& sha256, const Known& known, const NewCertificate& with,
               const std::string& chain) {
  if (with.key_pem) {
    (void)TRY(store.change("UPDATE certificate SET secret = ? WHERE sha256 = ?",
                           {std::string(with.key_pem->reveal()), sha256}));
  }
  if (chain.size() > known.chain_bytes)
    (void)TRY(store.change("UPDATE certificate SET chain = ? WHERE sha256 = ?", {chain, sha256}));
  bool says_more = with.key_pem || (!known.has_key && with.source != Source::Seen);
  if (!says_more) return {};
  (void)TRY(
      store.change("UPDATE certificate SET source = ?, owner = CASE WHEN ? = '' THEN owner ELSE ? END "
                   "WHERE sha256 = ?",
                   {std::string(name_of(with.source)), with.owner, with.owner, sha256}));
  return {};
}

Result<> write(Store& store, const std::vector<ReadCertificate>& chain, const NewCertificate& with) {
  std::string rest;  // of the chain, from each certificate on
  for (std::size_t i = chain.size(); i-- > 0;) {
    const ReadCertificate& one = chain[i];
    rest = cat(one.pem, rest);
    std::optional<Known> before = TRY(known(store, one.sha256));
    if (!before) TRY(insert(store, one, with.source, with.owner, rest));
    if (i == 0) TRY(renew(store, one.sha256, before.value_or(Known{}), with, rest));
  }
  return {};
}

Result<> check_key(const NewCertificate& with) {
  if (!with.key_pem) return {};
  std::vector<crypto::Certificate> chain = TRY(decode_chain(with.chain_pem));
  crypto::PrivateKey key = TRY(crypto::private_key_from_pem(with.key_pem->reveal(), "the key"));
  if (crypto::belong_together(*chain.front(), *key)) return {};
  return fail(Kind::Invalid, "certificate.key-mismatch",
              cat("the key does not belong to the certificate of ", crypto::subject_of(*chain.front())));
}

Result<> write_use(Store& store, const Inventory::PlacedUse& use, UseKind kind, std::int64_t now) {
  (void)TRY(
      store.change("INSERT INTO certificate_use (kind, place, certificate, first, last) "
                   "SELECT ?, ?, sha256, ?, ? FROM certificate WHERE sha256 = ? "
                   "ON CONFLICT (kind, place, certificate) DO UPDATE SET last = excluded.last",
                   {std::string(name_of(kind)), use.place, now, now, use.sha256}));
  return {};
}

// What can be served is another from now on.
Result<> note_change(Store& store) {
  (void)TRY(store.change("UPDATE counter SET last = last + 1 WHERE name = 'certificate'"));
  return {};
}

// Names under which a certificate may cover this host: its own, and that of a wildcard.
std::pair<std::string, std::string> covering_names(std::string_view host) {
  std::string own = lowered(host);
  std::size_t dot = own.find('.');
  bool has_wildcard = dot != std::string::npos && dot != 0 && !own.starts_with("*");
  return {own, has_wildcard ? cat("*", own.substr(dot)) : own};
}

struct Candidate {
  std::string sha256, chain;
  Secret key;
};

// Null: it was damaged, or is not for servers.
std::optional<ServableCertificate> servable(const Candidate& candidate, std::string_view host) {
  Result<std::vector<crypto::Certificate>> chain = decode_chain(candidate.chain);
  Result<crypto::PrivateKey> key = crypto::private_key_from_pem(candidate.key.reveal(), candidate.sha256);
  if (!chain || !key || !crypto::belong_together(*chain->front(), **key)) return std::nullopt;
  if (!crypto::fits_servers(*chain->front()) || !crypto::covers(*chain->front(), host)) return std::nullopt;
  return ServableCertificate{.sha256 = candidate.sha256, .identity = {*std::move(chain), *std::move(key)}};
}

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Result<std::string> Inventory::keep(const NewCertificate& certificate) {
  std::vector<ReadCertificate> chain = TRY(read_chain(certificate.chain_pem));
  TRY(check_key(certificate));
  auto work = [&]() -> Result<> {
    TRY(write(store_, chain, certificate));
    return certificate.key_pem ? note_change(store_) : Result<>();
  };
  TRY(store_.transact(work));
  return chain.front().sha256;
}

Result<std::optional<ServableCertificate>> Inventory::serve(std::string_view host, Time now) {
  auto [own, wildcard] = covering_names(host);
  std::vector<Candidate> candidates;
  TRY(
      store_.read("SELECT certificate.sha256, certificate.chain, certificate.secret FROM certificate_name "
                  "JOIN certificate ON certificate.sha256 = certificate_name.certificate "
                  "WHERE certificate_name.name IN (?, ?) AND certificate.secret IS NOT NULL "
                  "AND certificate.retired IS NULL AND certificate.not_before <= ? AND certificate.not_after >= ? "
                  "ORDER BY CASE WHEN certificate_name.name = ? THEN 0 ELSE 1 END, certificate.not_after DESC",
                  {own, wildcard, in_store(now), in_store(now), own}, [&](const Row& row) {
                    candidates.push_back({std::string(row.text(0)), std::string(row.text(1)), Secret(row.text(2))});
                  }));
  for (const Candidate& candidate : candidates) {
    std::optional<ServableCertificate> found = servable(candidate, host);
    if (found) return found;
  }
  return std::nullopt;
}

Result<std::optional<ServableCertificate>> Inventory::serve(std::string_view host) {
  return serve(host, now_in_seconds());
}

Result<std::vector<Entry>> Inventory::list() {
  std::vector<Entry> entries;
  TRY(store_.read(cat(kSelect, "ORDER BY not_after, sha256"), {},
                  [&](const Row& row) { entries.push_back(entry_of(row)); }));
  TRY(fill(store_, entries, "", {}));
  return entries;
}

Result<Entry> Inventory::find(std::string_view meant) {
  std::string folded = lowered(meant);
  std::vector<Entry> found;
  if (folded.size() >= kFewestDigits && is_digits(folded)) {
    found = TRY(select(store_, "WHERE sha256 >= ? AND sha256 < ?", {folded, cat(folded, "g")}));
    if (found.size() > 1) {
      return fail(Kind::Invalid, "certificate.ambiguous",
                  cat(found.size(), " certificates of the inventory begin with ", folded));
    }
  }
  if (found.empty()) {
    found = TRY(select(store_,
                       "WHERE subject = ? OR sha256 IN (SELECT certificate FROM certificate_name WHERE name = ?) "
                       "ORDER BY CASE WHEN secret IS NULL OR retired IS NOT NULL THEN 1 ELSE 0 END, not_after DESC",
                       {std::string(meant), folded}));
  }
  if (found.empty()) return unknown(meant);
  return std::move(found.front());
}

Result<std::string> Inventory::chain(const std::string& sha256) {
  std::optional<std::string> chain;
  TRY(store_.read("SELECT chain FROM certificate WHERE sha256 = ?", {sha256},
                  [&](const Row& row) { chain = row.text(0); }));
  if (!chain) return unknown(sha256);
  return *std::move(chain);
}

Result<Secret> Inventory::key(const std::string& sha256) {
  std::optional<Secret> key;
  TRY(store_.read("SELECT secret FROM certificate WHERE sha256 = ? AND secret IS NOT NULL", {sha256},
                  [&](const Row& row) { key.emplace(row.text(0)); }));
  if (key) return *std::move(key);
  return fail(Kind::NotFound, "certificate.no-key", cat("the inventory has no private key of ", sha256));
}

Result<std::vector<std::string>> Inventory::with_subject(const std::string& subject) {
  std::vector<std::string> chains;
  TRY(store_.read("SELECT chain FROM certificate WHERE subject = ? ORDER BY not_after DESC", {subject},
                  [&](const Row& row) { chains.emplace_back(row.text(0)); }));
  std::vector<std::string> ders;
  ders.reserve(chains.size());
  for (const std::string& chain : chains) ders.push_back(crypto::der_of(*TRY(decode_chain(chain)).front()));
  return ders;
}

Result<> Inventory::retire(const std::string& sha256) {
  return store_.transact([&]() -> Result<> {
    std::uint64_t changed =
        TRY(store_.change("UPDATE certificate SET retired = ? WHERE sha256 = ?", {store::now_in_store(), sha256}));
    return changed == 1 ? note_change(store_) : unknown(sha256);
  });
}

Result<> Inventory::remove(const std::string& sha256) {
  return store_.transact([&]() -> Result<> {
    std::uint64_t changed = TRY(store_.change("DELETE FROM certificate WHERE sha256 = ?", {sha256}));
    return changed == 1 ? note_change(store_) : unknown(sha256);
  });
}

Result<std::vector<std::string>> Inventory::servable_names(Time now) {
  std::vector<std::string> names;
  TRY(
      store_.read("SELECT DISTINCT certificate_name.name FROM certificate JOIN certificate_name "
                  "ON certificate_name.certificate = certificate.sha256 WHERE certificate.secret IS NOT NULL "
                  "AND certificate.retired IS NULL AND certificate.not_before <= ? AND certificate.not_after >= ? "
                  "ORDER BY 1",
                  {in_store(now), in_store(now)}, [&](const Row& row) { names.emplace_back(row.text(0)); }));
  return names;
}

Result<std::int64_t> Inventory::generation() {
  std::int64_t last = 0;
  TRY(store_.read("SELECT last FROM counter WHERE name = 'certificate'", {},
                  [&](const Row& row) { last = row.number(0); }));
  return last;
}

Result<bool> Inventory::note_use(const std::string& sha256, UseKind kind, const std::string& place) {
  bool has_changed = false;
  auto work = [&]() -> Result<> {
    bool was_here = false, had_other = false;
    TRY(store_.read("SELECT certificate FROM certificate_use WHERE kind = ? AND place = ?",
                    {std::string(name_of(kind)), place},
                    [&](const Row& row) { (row.text(0) == sha256 ? was_here : had_other) = true; }));
    has_changed = had_other && !was_here;
    return write_use(store_, {.sha256 = sha256, .place = place}, kind, store::now_in_store());
  };
  TRY(store_.transact(work));
  return has_changed;
}

Result<> Inventory::set_uses(UseKind kind, const std::vector<PlacedUse>& uses) {
  std::int64_t now = store::now_in_store();
  std::string name(name_of(kind));
  return store_.transact([&]() -> Result<> {
    for (const PlacedUse& use : uses) TRY(write_use(store_, use, kind, now));
    (void)TRY(store_.change("DELETE FROM certificate_use WHERE kind = ? AND last < ?", {name, now}));
    return {};
  });
}

Result<bool> Inventory::remember(const std::string& sha256, std::string_view deed) {
  std::uint64_t changed =
      TRY(store_.change("INSERT INTO certificate_alarm (certificate, what, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                        {sha256, std::string(deed), store::now_in_store()}));
  return changed == 1;
}

Result<std::vector<Inventory::Deed>> Inventory::untold(Time since) {
  std::vector<Deed> deeds;
  TRY(
      store_.read("SELECT certificate, what FROM certificate_alarm WHERE at >= ? AND what NOT LIKE '%/sent' "
                  "AND NOT EXISTS (SELECT 1 FROM certificate_alarm AS told WHERE told.certificate = "
                  "certificate_alarm.certificate AND told.what = certificate_alarm.what || '/sent') ORDER BY at",
                  {in_store(since)}, [&](const Row& row) {
                    deeds.push_back({.sha256 = std::string(row.text(0)), .what = std::string(row.text(1))});
                  }));
  return deeds;
}

Result<bool> Inventory::remembers(const std::string& sha256, std::string_view deed) {
  bool some = false;
  TRY(store_.read("SELECT 1 FROM certificate_alarm WHERE certificate = ? AND what = ?", {sha256, std::string(deed)},
                  [&](const Row&) { some = true; }));
  return some;
}

}  // namespace pforte::inventory
