#include "app/cert_issue.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acme/revocation.h"
#include "app/ca_json.h"
#include "app/ca_settings.h"
#include "app/text_table.h"
#include "authority/authority.h"
#include "authority/founding.h"
#include "authority/ledger.h"
#include "authority/revocation_list.h"
#include "base/file_replacement.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/crl_making.h"
#include "crypto/pem.h"
#include "inventory/inventory.h"

namespace pforte::app {
namespace {

using authority::CertificateProfile;

std::unexpected<Complaint> cannot_be(std::string_view option, const std::string& value, std::string_view form) {
  std::string shown = printable(value);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat(option, " cannot be ", shown), cat(option, " kann nicht ", shown, " sein")},
                                   {cat("write ", option, ' ', form), cat("schreiben: ", option, ' ', form)}));
}

Answer<CertificateProfile> profile_in(const CommandLine& line) {
  std::optional<std::string> word = line.value_of("--profile");
  if (!word) return CertificateProfile::Server;
  if (std::optional<CertificateProfile> profile = authority::certificate_profile(*word)) return *profile;
  return cannot_be("--profile", *word, "server|client|server+client");
}

Answer<std::chrono::seconds> lifetime_in(const CommandLine& line, CertificateProfile profile,
                                         const gate::CaConfig& config) {
  std::optional<std::string> text = line.value_of("--days");
  if (!text) return is_for_servers(profile) ? config.server_lifetime : config.client_lifetime;
  unsigned days = 0;
  auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), days);
  bool number = fault == std::errc() && end == text->data() + text->size() && days > 0;
  if (!number || days > authority::kLongestLifetime.count()) return cannot_be("--days", *text, "1...825");
  return std::chrono::days(days);
}

// A new key, or the public half of somebody else's.
struct Subject {
  crypto::PrivateKey key;
  std::optional<Secret> pem = {};  // of a new one
  std::vector<crypto::AlternativeName> names = {};
  std::string common_name = {};
};

Answer<Subject> subject_of_request(const std::string& file, CertificateProfile profile) {
  std::string content = TRY(crypto::read_file(file));
  crypto::CertificateRequest request = TRY(crypto::read_certificate_request(content, file));
  authority::Order order = TRY(authority::order_for(request, profile));
  Subject subject{.key = std::move(request.key)};
  subject.names = std::move(order.names);
  subject.common_name = std::move(order.common_name);
  return subject;
}

Answer<Subject> subject_with_new_key(const CommandLine& line) {
  crypto::KeyKind kind = TRY(key_kind_in(line));
  Subject subject{.key = TRY(crypto::make_private_key(kind))};
  Secret pem = TRY(crypto::private_key_pem(*subject.key));
  subject.pem.emplace(std::move(pem));
  return subject;
}

// Names on the command line stand for those of a request.
Answer<Subject> order_subject(const CommandLine& line, CertificateProfile profile) {
  std::vector<std::string> words = line.more_operands;
  if (!line.operand.empty()) words.insert(words.begin(), line.operand);
  std::vector<crypto::AlternativeName> names = TRY(alternative_names_in(words));
  std::optional<std::string> request = line.value_of("--csr");
  Subject subject = TRY(request ? subject_of_request(*request, profile) : subject_with_new_key(line));
  if (!names.empty()) subject.names = std::move(names);
  subject.common_name = line.value_of("--common-name").value_or(subject.common_name);
  return subject;
}

// Recorded, and in the inventory, in one transaction: after a crash both know of it, or neither.
Result<authority::IssuedCertificate> issue_and_keep(const StoreCall& call, const authority::Authority& authority,
                                                    const authority::Order& order, const Subject& subject) {
  std::optional<authority::IssuedCertificate> issued;
  auto work = [&]() -> Result<> {
    authority::IssuedCertificate made = TRY(authority.issue(call.store, order, now_in_seconds()));
    issued.emplace(std::move(made));
    inventory::NewCertificate kept{.chain_pem = issued->chain, .source = inventory::Source::Authority};
    kept.owner = call.line.value_of("--owner").value_or("");
    if (subject.pem && is_for_servers(order.profile)) kept.key_pem.emplace(subject.pem->reveal());
    (void)TRY(inventory::Inventory(call.store).keep(kept));
    return {};
  };
  TRY(call.store.transact(work));
  return *std::move(issued);
}

Answer<void> check_outputs(const CommandLine& line, CertificateProfile profile) {
  TRY(check_key_and_out(line));
  TRY(check_one_document(line));
  bool request = line.has("--csr");
  if (request && line.has("--key"))
    return std::unexpected(
        Complaint(kInvalidInput, {"--csr and --key exclude each other", "--csr und --key schließen sich aus"},
                  {"whoever made the request has its key", "wer den Antrag gemacht hat, hat den Schlüssel"}));
  if (request || is_for_servers(profile) || line.has("--key")) return {};
  return std::unexpected(Complaint(kInvalidInput,
                                   {"a client's key has to go somewhere, and --key is missing",
                                    "der Schlüssel eines Clients muss irgendwohin, und --key fehlt"},
                                   {"--key FILE; the inventory keeps keys of servers alone",
                                    "--key DATEI; der Bestand behält nur Schlüssel von Servern"}));
}

// Both before anything is issued: what cannot be written is told while nothing has changed.
Answer<std::optional<FileReplacement>> output_in(const CommandLine& line) {
  std::optional<std::string> file = output_file(line);
  if (!file) return std::nullopt;
  return TRY(FileReplacement::begin(*file));
}

Answer<std::optional<NewFile>> key_file_in(const CommandLine& line, const Subject& subject) {
  std::optional<std::string> file = line.value_of("--key");
  if (!file || !subject.pem) return std::nullopt;
  return TRY(NewFile::write(*file, subject.pem->reveal(), 0600));
}

// What was issued stays so, also when it cannot be written.
Answer<void> hand_over(FileReplacement& output, const authority::IssuedCertificate& issued) {
  Result<> written = output.commit(issued.chain, 0644);
  if (written) return {};
  std::string text = written.error().text(), serial = issued.entry.serial;
  return std::unexpected(
      Complaint(kSystemRefused,
                {cat(text, "; the certificate was issued nevertheless, serial number ", serial),
                 cat(text, "; das Zertifikat ist trotzdem ausgestellt, Seriennummer ", serial)},
                {"pforte cert export gives it out; pforte cert revoke, if it is not needed",
                 "pforte cert export gibt es heraus; pforte cert revoke, wenn es nicht gebraucht wird"}));
}

std::string day_of(authority::UtcTime time) {
  return rfc3339(time).substr(0, 10);
}

void tell_issued(const StoreCall& call, const authority::LedgerEntry& entry) {
  std::string names;
  for (const std::string& name : entry.names) names += cat(names.empty() ? "" : ", ", name);
  if (names.empty()) names = entry.subject;
  std::string shown = printable(names);
  call.tell({cat(shown, ": issued, serial number ", entry.serial, ", valid until ", day_of(entry.not_after)),
             cat(shown, ": ausgestellt, Seriennummer ", entry.serial, ", gültig bis ", day_of(entry.not_after))},
            entry_json(entry));
}

// It ends with the CA, not as asked.
void warn_of_short_life(const StoreCall& call, const authority::LedgerEntry& entry, std::chrono::seconds wanted) {
  if (entry.not_after - entry.not_before + std::chrono::hours(1) >= wanted) return;
  Complaint warning(
      kDone,
      {cat("the certificate ends with the CA, at ", rfc3339(entry.not_after)),
       cat("das Zertifikat endet mit der CA, am ", rfc3339(entry.not_after))},
      {"renew the intermediate: pforte ca init --intermediate-only, then ca sign-intermediate and ca import",
       "das Zwischenzertifikat erneuern: pforte ca init --intermediate-only, dann ca sign-intermediate und "
       "ca import"});
  std::string text = warning_text(warning, call.line.language);
  std::fwrite(text.data(), 1, text.size(), call.streams.err);
}

Answer<authority::RevocationReason> reason_in(const CommandLine& line) {
  std::optional<std::string> word = line.value_of("--reason");
  if (!word) return authority::RevocationReason::Unspecified;
  if (std::optional<authority::RevocationReason> reason = authority::revocation_reason(*word)) return *reason;
  return cannot_be("--reason", *word,
                   "key-compromise|superseded|cessation-of-operation|affiliation-changed|privilege-withdrawn");
}

}  // namespace

Answer<int> issue_certificate(const StoreCall& call) {
  CaSettings settings = TRY(ca_settings(call.line));
  CertificateProfile profile = TRY(profile_in(call.line));
  std::chrono::seconds lifetime = TRY(lifetime_in(call.line, profile, settings.config));
  TRY(check_outputs(call.line, profile));
  Subject subject = TRY(order_subject(call.line, profile));
  authority::Authority authority = TRY(open_authority(settings, call.line, call.streams));
  authority::Order order{.key = *subject.key,
                         .names = subject.names,
                         .common_name = subject.common_name,
                         .profile = profile,
                         .lifetime = lifetime};
  std::optional<FileReplacement> output = TRY(output_in(call.line));
  // The key first: a certificate without one is of no use.
  std::optional<NewFile> key_file = TRY(key_file_in(call.line, subject));
  authority::IssuedCertificate issued = TRY(issue_and_keep(call, authority, order, subject));
  if (key_file) key_file->keep();
  if (output) TRY(hand_over(*output, issued));
  if (wants_standard_output(call.line)) {
    call.print(issued.chain);
  } else {
    tell_issued(call, issued.entry);
  }
  warn_of_short_life(call, issued.entry, lifetime);
  return kDone;
}

Answer<int> revoke_certificate(const StoreCall& call) {
  authority::RevocationReason reason = TRY(reason_in(call.line));
  authority::LedgerEntry meant = TRY(authority::Ledger(call.store).find_meant(call.line.operand));
  authority::LedgerEntry revoked = TRY(acme::revoke(call.store, meant.serial, reason, now_in_seconds()));
  std::string subject = printable(revoked.subject);
  call.tell({cat(subject, ", serial number ", revoked.serial, ": revoked since ", rfc3339(*revoked.revoked)),
             cat(subject, ", Seriennummer ", revoked.serial, ": gesperrt seit ", rfc3339(*revoked.revoked))},
            entry_json(revoked));
  return kDone;
}

Answer<int> list_issued(const StoreCall& call) {
  std::vector<authority::LedgerEntry> entries = TRY(authority::Ledger(call.store).all());
  if (call.line.json) {
    call.print(entries_json(entries));
    return kDone;
  }
  bool german = call.german();
  TextTable table(call.streams.out,
                  {german ? "SERIENNUMMER" : "SERIAL", german ? "INHABER" : "SUBJECT", german ? "FÜR" : "FOR",
                   german ? "BIS" : "NOT AFTER", german ? "GESPERRT" : "REVOKED", german ? "GRUND" : "REASON"});
  for (const authority::LedgerEntry& entry : entries) {
    table.row({entry.serial, entry.subject, std::string(name_of(entry.profile)), day_of(entry.not_after),
               entry.revoked ? day_of(*entry.revoked) : "", entry.revoked ? std::string(name_of(entry.reason)) : ""});
  }
  return kDone;
}

Answer<int> give_revocation_list(const StoreCall& call) {
  CaSettings settings = TRY(ca_settings(call.line));
  if (call.line.has("--root")) {
    Secret password = TRY(root_password(call.line, call.streams));
    std::string key = call.line.value_of("--root-key").value_or(settings.places.root_key());
    TRY(authority::renew_root_crl(settings.places, key, password, now_in_seconds()));
    std::string list = TRY(crypto::read_file(settings.places.root_crl()));
    TRY(give_out(call.line, call.streams, list));
    return kDone;
  }
  authority::Authority authority = TRY(open_authority(settings, call.line, call.streams));
  authority::RevocationList list =
      TRY(authority::current_list(call.store, authority, now_in_seconds(), settings.config.crl_lifetime));
  TRY(give_out(call.line, call.streams, crypto::crl_pem(list.der)));
  return kDone;
}

}  // namespace pforte::app
