#include "app/trust_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "app/complaint.h"
#include "app/password_input.h"
#include "app/text_table.h"
#include "app/trust_doubts.h"
#include "app/trust_json.h"
#include "base/bytes.h"
#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "crypto/certificate_outline.h"
#include "crypto/certificate_strength.h"
#include "pki/certificate_file.h"
#include "pki/trust_diff.h"
#include "pki/trust_lint.h"
#include "pki/trust_store.h"
#include "pki/trust_store_change.h"

namespace pforte::app {
namespace {

using Password = std::optional<Secret>;

constexpr std::size_t kShortDigest = 16;

// `pforte trust ...`, as it was typed.
struct TrustCall {
  const CommandLine& line;
  Streams streams;

  bool german() const { return line.language == Language::German; }
  void print(std::string_view text) const { std::fwrite(text.data(), 1, text.size(), streams.out); }
  void warn(const Complaint& what) const {
    std::string text = warning_text(what, line.language);
    std::fwrite(text.data(), 1, text.size(), streams.err);
  }
  Answer<Password> password() const { return known_password(streams, line.language, line.value_of("--password-file")); }
};

std::string short_digest(std::string_view der) {
  return pki::sha256_of(der).substr(0, kShortDigest);
}

std::string subject_in(const std::string& der) {
  auto outline = crypto::outline_of(der);
  return outline ? crypto::name_text(outline->subject) : "";
}

// "root (CN=Root)", or what there is of it.
std::string described(const std::string& alias, const std::string& der) {
  std::string subject = printable(subject_in(der));
  return alias.empty() ? subject : cat(printable(alias), " (", subject, ')');
}

Answer<pki::TrustStore> read_store(const TrustCall& call, const std::string& name, const Password& password) {
  pki::TrustStore store = TRY(in_file(name, pki::read_trust_store(name, password)));
  for (const Complaint& each : doubts_about(store, "--password-file")) call.warn(each);
  return store;
}

Answer<int> list_trust(const TrustCall& call) {
  Password password = TRY(call.password());
  pki::TrustStore store = TRY(read_store(call, call.line.operand, password));
  if (call.line.json) {
    call.print(list_json(store));
    return kDone;
  }
  bool german = call.german();
  TextTable table(call.streams.out, {"ALIAS", german ? "INHABER" : "SUBJECT", german ? "BIS" : "NOT AFTER", "SHA-256"});
  for (const pki::TrustEntry& entry : store.entries) {
    auto outline = crypto::outline_of(entry.der);
    std::string until = outline ? rfc3339(outline->not_after) : "";
    table.row({entry.alias, subject_in(entry.der), std::move(until), short_digest(entry.der)});
  }
  for (const pki::KeyEntry& key : store.keys) {
    table.row({key.alias,
               cat(german ? "[privater Schlüssel] " : "[private key] ",
                   key.chain.empty() ? "" : subject_in(key.chain.front())),
               "", ""});
  }
  return kDone;
}

void show_entry(const TrustCall& call, const pki::TrustEntry& entry) {
  bool german = call.german();
  auto row = [&](std::string_view name, std::string_view value) {
    call.print(cat("  ", name, ": ", printable(value), '\n'));
  };
  auto outline = crypto::outline_of(entry.der);
  crypto::Certificate certificate = crypto::certificate_from(entry.der);
  call.print(cat(entry.alias.empty() ? short_digest(entry.der) : printable(entry.alias), '\n'));
  row(german ? "Inhaber" : "subject", crypto::name_text(outline->subject));
  row(german ? "Aussteller" : "issuer", crypto::name_text(outline->issuer));
  row(german ? "Seriennummer" : "serial", to_hex(outline->serial));
  row(german ? "gültig ab" : "not before", rfc3339(outline->not_before));
  row(german ? "gültig bis" : "not after", rfc3339(outline->not_after));
  if (certificate) {
    bool authority = crypto::authority_claim(*certificate) == crypto::AuthorityClaim::Yes;
    std::string_view yes = german ? "ja" : "yes", no = german ? "nein" : "no";
    row(german ? "Schlüssel" : "key", crypto::key_strength(*certificate).name);
    row(german ? "signiert mit" : "signed with", crypto::signature_digest(*certificate));
    row("CA", authority ? yes : no);
  }
  if (!entry.java_sees_it)
    row("Java", german ? "sieht es nicht (Attribut fehlt)" : "does not see it (attribute is missing)");
  row("SHA-256", pki::sha256_of(entry.der));
}

Answer<int> show_trust(const TrustCall& call) {
  Password password = TRY(call.password());
  pki::TrustStore store = TRY(read_store(call, call.line.operand, password));
  std::optional<std::size_t> only;
  if (!call.line.second_operand.empty()) {
    std::vector<std::size_t> places = TRY(in_file(call.line.operand, pki::find_entry(store, call.line.second_operand)));
    only = places.front();
  }
  if (call.line.json) {
    call.print(list_json(store, only));
    return kDone;
  }
  for (std::size_t i = 0; i < store.entries.size(); ++i) {
    if (!only || *only == i) show_entry(call, store.entries[i]);
  }
  return kDone;
}

std::string level_of(const TrustCall& call, const pki::LintFinding& finding) {
  if (finding.level == pki::LintLevel::Error) return call.german() ? "Fehler" : "error";
  return call.german() ? "Warnung" : "warning";
}

std::string finding_text(const TrustCall& call, const pki::TrustStore& store, const pki::LintFinding& finding) {
  bool german = call.german();
  std::string which = printable(store.name);
  if (finding.entry) {
    const std::string& der = store.entries[*finding.entry].der;
    which = cat(described(finding.alias, der), " [", short_digest(der), ']');
  } else if (!finding.alias.empty()) {
    which = printable(finding.alias);
  }
  std::string source = finding.source.empty() ? "" : cat(" [", finding.source, ']');
  std::string text = cat(level_of(call, finding), ": ", finding.id, ": ", which, ": ",
                         printable(german ? german_or_same(finding.why.de) : finding.why.en), source, '\n',
                         german ? "  Hilfe: " : "  help: ", printable(finding.remedy.in(call.line.language)), '\n');
  for (const std::string* command : {&finding.command, &finding.other_command}) {
    if (!command->empty()) text += cat("    ", printable(*command), '\n');
  }
  return text;
}

Answer<std::optional<pki::StoreForm>> wanted_form(const TrustCall& call) {
  std::optional<std::string> word = call.line.value_of("--form");
  if (!word) return std::nullopt;
  constexpr std::array kForms = {pki::StoreForm::Pem, pki::StoreForm::Directory, pki::StoreForm::Pkcs12,
                                 pki::StoreForm::Jks, pki::StoreForm::Jceks};
  // Certificates' clients and levels have names too.
  const auto found = std::ranges::find(kForms, *word, [](pki::StoreForm form) { return pki::name_of(form); });
  if (found != kForms.end()) return *found;
  return std::unexpected(
      Complaint(kInvalidInput, {"--form is pem, dir, pkcs12 or jks", "--form ist pem, dir, pkcs12 oder jks"},
                {"leave it out to go by the name of the store", "weglassen, dann gilt der Name des Speichers"}));
}

// What is to be said about certificates that have just been added: warnings, since they were.
std::vector<pki::LintFinding> findings_on(const pki::TrustStore& store, const std::vector<pki::Added>& added) {
  std::unordered_set<std::string_view> meant;
  for (const pki::Added& each : added) meant.insert(each.der);
  std::vector<pki::LintFinding> findings = pki::lint_trust_store(store, {.now = now_in_seconds()});
  std::erase_if(findings, [&](const pki::LintFinding& finding) {
    return !finding.entry || !meant.contains(store.entries[*finding.entry].der);
  });
  for (pki::LintFinding& finding : findings) finding.level = pki::LintLevel::Warning;
  return findings;
}

Answer<int> add_trust(const TrustCall& call) {
  std::optional<pki::StoreForm> form = TRY(wanted_form(call));
  std::vector<std::string> certificates =
      TRY(in_file(call.line.second_operand, pki::read_certificate_file(call.line.second_operand)));
  Password password = TRY(call.password());
  pki::StoreToChange target{.path = call.line.operand, .form = form, .password = password};
  std::vector<pki::Added> added =
      TRY(in_file(target.path, pki::add_to_trust_store(target, certificates, call.line.value_of("--alias"))));
  pki::TrustStore store = TRY(in_file(target.path, pki::read_trust_store(target.path, password)));
  std::vector<pki::LintFinding> findings = findings_on(store, added);
  if (call.line.json) {
    call.print(added_json(store, added, findings, call.line.language));
    return kDone;
  }
  for (const pki::Added& each : added) {
    std::string what = described(each.alias, each.der);
    Message text = each.was_there ? Message{cat(what, " is in it already"), cat(what, " ist schon darin")}
                                  : Message{cat(what, " was added"), cat(what, " wurde aufgenommen")};
    call.print(cat(text.in(call.line.language), '\n'));
  }
  for (const pki::LintFinding& finding : findings) {
    std::string text = finding_text(call, store, finding);
    std::fwrite(text.data(), 1, text.size(), call.streams.err);
  }
  return kDone;
}

void tell_removed(const TrustCall& call, const std::vector<pki::TrustEntry>& removed) {
  bool german = call.german();
  for (const pki::TrustEntry& entry : removed)
    call.print(cat(described(entry.alias, entry.der), german ? " wurde entfernt\n" : " was removed\n"));
  if (removed.empty())
    call.print(german ? "kein Zertifikat ist doppelt; nichts wurde geändert\n"
                      : "no certificate is there twice; nothing was changed\n");
}

Answer<int> remove_trust(const TrustCall& call) {
  std::optional<std::string> alias = call.line.value_of("--alias");
  bool duplicates = call.line.has("--duplicates");
  int named = int(alias.has_value()) + int(!call.line.second_operand.empty()) + int(duplicates);
  if (named != 1) {
    return std::unexpected(
        Complaint(kInvalidInput, {"it does not say which certificate", "es steht nicht da, welches Zertifikat"},
                  {"write its alias or the beginning of its SHA-256: pforte trust remove STORE CERTIFICATE",
                   "seinen Alias oder den Anfang seines SHA-256 schreiben: pforte trust remove SPEICHER ZERTIFIKAT"}));
  }
  Password password = TRY(call.password());
  pki::StoreToChange target{.path = call.line.operand, .password = password};
  std::string meant = alias.value_or(call.line.second_operand);
  std::vector<pki::TrustEntry> removed = TRY(
      in_file(target.path, duplicates ? pki::remove_duplicates(target) : pki::remove_from_trust_store(target, meant)));
  if (call.line.json) {
    call.print(duplicates ? duplicates_json(target.path, removed) : removed_json(target.path, removed));
    return kDone;
  }
  tell_removed(call, removed);
  return kDone;
}

void print_only(const TrustCall& call, std::string_view mark, const std::vector<const pki::TrustEntry*>& entries) {
  for (const pki::TrustEntry* entry : entries)
    call.print(cat(mark, ' ', short_digest(entry->der), "  ", described(entry->alias, entry->der), '\n'));
}

Answer<int> diff_trust(const TrustCall& call) {
  std::vector<std::string> files = call.line.values_of("--password-file");
  auto file = [&](std::size_t place) {
    return files.empty() ? std::nullopt : std::optional(files[std::min(place, files.size() - 1)]);
  };
  Password password = TRY(known_password(call.streams, call.line.language, file(0)));
  pki::TrustStore first = TRY(read_store(call, call.line.operand, password));
  Password other;
  if (files.size() > 1) {
    Password asked = TRY(known_password(call.streams, call.line.language, file(1)));
    other.emplace(asked->reveal());
  } else if (password) {
    other.emplace(password->reveal());
  }
  pki::TrustStore second = TRY(read_store(call, call.line.second_operand, other));
  pki::TrustDiff diff = pki::compare_trust_stores(first, second);
  if (call.line.json) {
    call.print(diff_json(diff));
  } else {
    print_only(call, "-", diff.only_first);
    print_only(call, "+", diff.only_second);
    for (const pki::TrustDiff::Renamed& each : diff.renamed) {
      call.print(cat("~ ", short_digest(each.first->der), "  ", printable(each.first->alias), " -> ",
                     printable(each.second->alias), '\n'));
    }
  }
  return diff.same() ? kDone : kDoesNotHold;
}

// A password that everybody tries, if it opens the store, and what is in it then.
Answer<std::optional<std::string>> guess(const std::string& store, const Password& given) {
  Result<pki::TrustStore> open = pki::read_trust_store(store);
  if (open && open->checked) return std::nullopt;  // it needs none
  for (const char* word : {"changeit", ""}) {
    Password known(word);
    bool meant = !given || given->reveal() == word;
    if (meant && pki::read_trust_store(store, known)) return word;
  }
  return std::nullopt;
}

Answer<int> lint_trust(const TrustCall& call) {
  Password password = TRY(call.password());
  std::optional<std::string> known = TRY(guess(call.line.operand, password));
  if (!password && known) password.emplace(*known);
  pki::TrustStore store = TRY(read_store(call, call.line.operand, password));
  std::vector<pki::LintFinding> findings =
      pki::lint_trust_store(store, {.now = now_in_seconds(), .known_password = known});
  if (call.line.json) call.print(lint_json(store, findings, call.line.language));
  for (const pki::LintFinding& finding : findings) {
    if (!call.line.json) call.print(finding_text(call, store, finding));
  }
  bool errors = std::ranges::find(findings, pki::LintLevel::Error, &pki::LintFinding::level) != findings.end();
  return errors ? kDoesNotHold : kDone;
}

struct TrustHandler {
  Command command;
  Answer<int> (*run)(const TrustCall& call);
};

constexpr auto kTrustHandlers = std::to_array<TrustHandler>({
    {Command::TrustList, list_trust},
    {Command::TrustShow, show_trust},
    {Command::TrustAdd, add_trust},
    {Command::TrustRemove, remove_trust},
    {Command::TrustDiff, diff_trust},
    {Command::TrustLint, lint_trust},
});

}  // namespace

int run_trust_command(const CommandLine& line, const Streams& streams) {
  const TrustHandler& handler = *std::ranges::find(kTrustHandlers, line.command, &TrustHandler::command);
  Answer<int> exit = handler.run({.line = line, .streams = streams});
  if (exit) return *exit;
  std::string text = to_text(exit.error(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return exit.error().exit;
}

}  // namespace pforte::app
