#include "app/inventory_command.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "app/inventory_json.h"
#include "app/password_input.h"
#include "app/text_table.h"
#include "authority/ledger.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "conf/quantity.h"
#include "inventory/importing.h"
#include "inventory/inventory.h"
#include "inventory/lifetime.h"
#include "inventory/material.h"
#include "pki/certificate_file.h"
#include "pki/trust_store_change.h"

namespace pforte::app {
namespace {

using inventory::Entry;
using inventory::Time;
using inventory::Validity;

constexpr std::size_t kShownDigits = 12;

// "29 d", below two days "31 h"; "3 d ago".
std::string time_left(const Entry& entry, Time now, bool german) {
  std::chrono::seconds left = entry.not_after - now;
  bool over = left < std::chrono::seconds(0);
  if (over) left = -left;
  auto days = std::chrono::floor<std::chrono::days>(left);
  std::string text =
      days.count() >= 2 ? cat(days.count(), " d") : cat(std::chrono::floor<std::chrono::hours>(left).count(), " h");
  if (!over) return text;
  return german ? cat("vor ", text) : cat(text, " ago");
}

std::string state_text(const Entry& entry, Time now, bool german) {
  switch (inventory::validity_of(entry, now)) {
    case Validity::Valid:
      return german ? "gültig" : "valid";
    case Validity::ExpiresSoon:
      return german ? "läuft bald ab" : "expires soon";
    case Validity::Expired:
      return german ? "abgelaufen" : "expired";
    case Validity::Early:
      return german ? "noch nicht gültig" : "not valid yet";
    case Validity::Revoked:
      return cat(german ? "gesperrt seit " : "revoked ", rfc3339(*entry.retired).substr(0, 10));
  }
  return "";
}

std::string uses_text(const Entry& entry) {
  std::string text;
  for (const inventory::Use& use : entry.uses) {
    if (!use.current) continue;
    text += cat(text.empty() ? "" : ", ", inventory::name_of(use.kind), ' ', use.place);
  }
  return text;
}

std::string source_text(const Entry& entry, bool german) {
  std::string text(inventory::name_of(entry.source));
  if (entry.has_key) text += german ? ", mit Schlüssel" : ", with key";
  return text;
}

Answer<std::optional<conf::Duration>> wanted_span(const StoreCall& call) {
  std::optional<std::string> text = call.line.value_of("--expiring");
  if (!text) return std::nullopt;
  std::optional<conf::Duration> span = conf::parse_duration(*text);
  if (span) return span;
  std::string shown = printable(*text);
  return std::unexpected(
      Complaint(kInvalidInput, {cat("--expiring cannot be ", shown), cat("--expiring kann nicht ", shown, " sein")},
                {"write a number and a unit: 12h, 30d", "eine Zahl und eine Einheit schreiben: 12h, 30d"}));
}

std::vector<std::string> table_headings(bool german) {
  if (german) return {"ID", "NAMEN", "LÄUFT AB IN", "HERKUNFT", "VERWENDET VON", "ZUSTAND"};
  return {"ID", "NAMES", "EXPIRES IN", "SOURCE", "USED BY", "STATE"};
}

// What an administrator should know of what was imported.
void comment(const StoreCall& call, const inventory::ImportedCertificate& imported, Time now) {
  std::string what = described(imported.entry);
  Validity validity = inventory::validity_of(imported.entry, now);
  if (validity == Validity::Expired) {
    call.warn(
        {cat(what, " has expired: no site will show it"), cat(what, " ist abgelaufen: keine Site wird es zeigen")},
        {"have it issued anew", "neu ausstellen lassen"});
  }
  if (validity == Validity::Revoked) {
    call.warn({cat(what, " was revoked here and stays out of use: no site will show it"),
               cat(what, " wurde hier gesperrt und bleibt außer Gebrauch: keine Site wird es zeigen")},
              {"have another one issued", "ein anderes ausstellen lassen"});
  }
  if (validity == Validity::Early) {
    call.warn({cat(what, " is not valid yet"), cat(what, " ist noch nicht gültig")},
              {"sites show it when it is; check the clock of this machine",
               "Sites zeigen es, sobald es gilt; die Uhr dieses Rechners prüfen"});
  }
  if (!imported.entry.has_key && !imported.entry.is_authority) {
    call.warn({cat(what, " has no private key here: no site can show it"),
               cat(what, " hat hier keinen privaten Schlüssel: keine Site kann es zeigen")},
              {"pforte cert import FILE --key KEY", "pforte cert import DATEI --key SCHLÜSSEL"});
  }
  if (!imported.missing_issuer.empty()) {
    std::string issuer = printable(imported.missing_issuer);
    call.warn({cat("the chain of ", what, " ends early: ", issuer, " is not known"),
               cat("die Kette von ", what, " endet zu früh: ", issuer, " ist nicht bekannt")},
              {"import that certificate too; the authority offers it for download",
               "auch dieses Zertifikat importieren; die CA bietet es zum Herunterladen an"});
  }
}

Answer<inventory::Material> read_files(const StoreCall& call, const std::optional<Secret>& password) {
  inventory::Material material;
  std::vector<std::string> files = {call.line.operand};
  files.insert(files.end(), call.line.more_operands.begin(), call.line.more_operands.end());
  for (const std::string& file : files) {
    Result<> read = inventory::read_material(file, password, material);
    if (!read) return std::unexpected(Complaint(read.error(), file));
  }
  if (std::optional<std::string> key = call.line.value_of("--key")) {
    Result<> read = inventory::read_material_key(*key, password, material);
    if (!read) return std::unexpected(Complaint(read.error(), *key));
  }
  return material;
}

// What the company CA's ledger says of a certificate that it has revoked. None: it has not.
Result<std::optional<authority::LedgerEntry>> revocation_of(const StoreCall& call, const Entry& entry) {
  Result<authority::LedgerEntry> issued = authority::Ledger(call.store).find(entry.serial);
  if (!issued && issued.error().kind() == Kind::NotFound) return std::nullopt;
  if (!issued) return std::unexpected(std::move(issued).error());
  std::vector<std::string> ders = TRY(pki::read_certificates(issued->certificate, issued->serial));
  if (!issued->revoked || pki::sha256_of(ders.front()) != entry.sha256) return std::nullopt;
  return *std::move(issued);
}

// The ledger outlives an entry of the inventory: what it has as revoked goes out of use again.
Result<> retire_revoked(const StoreCall& call, std::vector<inventory::ImportedCertificate>& imported) {
  inventory::Inventory all(call.store);
  for (inventory::ImportedCertificate& one : imported) {
    std::optional<authority::LedgerEntry> revocation = TRY(revocation_of(call, one.entry));
    if (!revocation) continue;
    TRY(all.retire(one.entry.sha256));
    one.entry.retired = revocation->revoked;
  }
  return {};
}

// Why, of those that are revoked; the ledger knows since when more exactly, too.
Result<RevocationReasons> reasons_of(const StoreCall& call, std::vector<Entry>& entries) {
  RevocationReasons reasons;
  for (Entry& entry : entries) {
    if (!entry.retired) continue;
    std::optional<authority::LedgerEntry> revocation = TRY(revocation_of(call, entry));
    if (!revocation) continue;
    entry.retired = revocation->revoked;
    reasons.emplace(entry.sha256, authority::name_of(revocation->reason));
  }
  return reasons;
}

// All of it, or nothing.
Result<std::vector<inventory::ImportedCertificate>> import_all(const StoreCall& call,
                                                               const inventory::Material& material) {
  inventory::Inventory all(call.store);
  std::vector<inventory::ImportedCertificate> imported;
  auto work = [&]() -> Result<> {
    imported = TRY(inventory::import_material(all, call.store, material, call.line.value_of("--owner").value_or("")));
    return retire_revoked(call, imported);
  };
  TRY(call.store.transact(work));
  return imported;
}

}  // namespace

std::string described(const Entry& entry) {
  std::string name = entry.subject;
  if (name.empty() && !entry.names.empty()) name = entry.names.front();
  return cat(printable(name), " [", entry.sha256.substr(0, kShownDigits), ']');
}

Answer<int> list_certificates(const StoreCall& call) {
  std::optional<conf::Duration> span = TRY(wanted_span(call));
  std::vector<Entry> entries = TRY(inventory::Inventory(call.store).list());
  Time now = now_in_seconds();
  if (span) std::erase_if(entries, [&](const Entry& entry) { return entry.not_after > now + *span; });
  RevocationReasons reasons = TRY(reasons_of(call, entries));
  if (call.line.json) {
    call.print(inventory_json(entries, reasons, now));
    return kDone;
  }
  TextTable table(call.streams.out, table_headings(call.german()));
  for (const Entry& entry : entries) {
    std::string names = entry.names.empty() ? entry.subject : joined(entry.names, ", ");
    table.row({entry.sha256.substr(0, kShownDigits), names, time_left(entry, now, call.german()),
               source_text(entry, call.german()), uses_text(entry), state_text(entry, now, call.german())});
  }
  return kDone;
}

Answer<int> import_certificate(const StoreCall& call) {
  std::optional<Secret> password =
      TRY(known_password(call.streams, call.line.language, call.line.value_of("--password-file")));
  inventory::Material material = TRY(read_files(call, password));
  std::vector<inventory::ImportedCertificate> imported = TRY(import_all(call, material));
  Time now = now_in_seconds();
  for (const inventory::ImportedCertificate& one : imported) comment(call, one, now);
  if (call.line.json) {
    call.print(imported_json(imported, now));
    return kDone;
  }
  for (const inventory::ImportedCertificate& one : imported) {
    bool has_key = one.entry.has_key;
    std::string what = described(one.entry);
    Message text = {cat(what, has_key ? " was imported with its key" : " was imported"),
                    cat(what, has_key ? " wurde mit seinem Schlüssel aufgenommen" : " wurde aufgenommen")};
    call.print(cat(text.in(call.line.language), '\n'));
  }
  return kDone;
}

Answer<int> remove_certificate(const StoreCall& call) {
  inventory::Inventory all(call.store);
  Entry entry = TRY(all.find(call.line.operand));
  TRY(all.remove(entry.sha256));
  std::string what = described(entry);
  call.tell({cat(what, " was removed"), cat(what, " wurde entfernt")}, one_json("removed", entry, now_in_seconds()));
  return kDone;
}

}  // namespace pforte::app
