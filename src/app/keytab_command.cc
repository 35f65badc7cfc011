#include "app/keytab_command.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "app/cert_finding.h"
#include "app/output_end.h"
#include "app/text_table.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/time.h"
#include "kerberos/encryption.h"
#include "kerberos/keytab_change.h"
#include "kerberos/keytab_records.h"
#include "kerberos/password_key.h"

namespace pforte::app {
namespace {

using Json = nlohmann::ordered_json;

std::string written_text(const kerberos::KeytabRecord& record) {
  if (record.written == 0) return "";
  return rfc3339(std::chrono::sys_seconds(std::chrono::seconds(record.written)));
}

Json record_json(const kerberos::KeytabRecord& record) {
  std::string written = written_text(record);
  return {{"principal", record.principal.to_text()},
          {"kvno", record.key_version},
          {"encryption", kerberos::encryption_name(record.encryption)},
          {"encryption_number", record.encryption},
          {"weak", kerberos::is_weak(record.encryption)},
          {"written", written.empty() ? Json(nullptr) : Json(written)},
          {"salt", nullptr}};
}

Answer<int> show_keytab(const KeytabCall& call) {
  const std::string& file = call.line.operand;
  kerberos::KeytabRecords content = TRY(unless_faulty(kerberos::read_keytab_records(file)));
  if (call.line.json) {
    Json entries = Json::array();
    for (const kerberos::KeytabRecord& record : content.records) entries.push_back(record_json(record));
    call.print(document_text({{"file", file},
                              {"format", content.format},
                              {"whole", !content.flaw.has_value()},
                              {"holes", content.holes},
                              {"entries", std::move(entries)}}));
  } else {
    bool german = call.german();
    TextTable table(call.streams.out, {"PRINCIPAL", "KVNO", german ? "VERSCHLÜSSELUNG" : "ENCRYPTION",
                                       german ? "GESCHRIEBEN" : "WRITTEN"});
    for (const kerberos::KeytabRecord& record : content.records) {
      std::string weak = kerberos::is_weak(record.encryption) ? (german ? " (schwach)" : " (weak)") : "";
      table.row({record.principal.to_text(), std::to_string(record.key_version),
                 cat(kerberos::encryption_name(record.encryption), weak), written_text(record)});
    }
  }
  if (!content.flaw) return kDone;
  call.warn(complaint_of(fault_of(*content.flaw, file)));
  return kInvalidInput;
}

bool is_same_file(const std::string& one, const std::string& other) {
  std::error_code unknown;
  return one == other || std::filesystem::equivalent(one, other, unknown);
}

Answer<void> check_target(const std::string& out, const std::vector<std::string>& files) {
  std::error_code unknown;
  bool merged = std::ranges::any_of(files, [&](const std::string& file) { return is_same_file(file, out); });
  if (merged || !std::filesystem::exists(out, unknown)) return {};
  return std::unexpected(Complaint(out, kInvalidInput, {"the file exists already", "die Datei gibt es schon"},
                                   {"name it among the files to keep its keys, or write another",
                                    "sie bei den Dateien mit angeben, dann bleiben ihre Schlüssel, oder eine andere "
                                    "schreiben"}));
}

Answer<int> merge_keytab(const KeytabCall& call) {
  std::optional<std::string> out = call.line.value_of("--out");
  if (!out)
    return std::unexpected(
        Complaint(kInvalidInput, {"--out is missing", "--out fehlt"}, {"write --out FILE", "schreiben: --out DATEI"}));
  std::vector<std::string> files = {call.line.operand};
  files.insert(files.end(), call.line.more_operands.begin(), call.line.more_operands.end());
  TRY(check_target(*out, files));
  std::vector<kerberos::KeytabSource> sources;
  std::size_t before = 0;
  for (const std::string& file : files) {
    kerberos::KeytabRecords content = TRY(unless_faulty(kerberos::read_keytab_records(file)));
    if (content.flaw) return std::unexpected(complaint_of(fault_of(*content.flaw, file)));
    before += content.records.size();
    sources.push_back({file, std::move(content)});
  }
  std::vector<kerberos::KeytabRecord> merged = TRY(unless_faulty(kerberos::merge_keytabs(sources)));
  TRY(unless_faulty(kerberos::write_keytab(*out, merged)));
  if (call.line.json) {
    Json entries = Json::array();
    for (const kerberos::KeytabRecord& record : merged) entries.push_back(record_json(record));
    call.print(
        document_text({{"file", *out}, {"duplicates", before - merged.size()}, {"entries", std::move(entries)}}));
    return kDone;
  }
  std::string shown = printable(*out);
  Message done = {cat(shown, " has ", merged.size(), " keys; ", before - merged.size(), " were there twice\n"),
                  cat(shown, " hat ", merged.size(), " Schlüssel; ", before - merged.size(), " gab es doppelt\n")};
  call.print(done.in(call.line.language));
  return kDone;
}

struct KeytabHandler {
  Command command;
  Answer<int> (*run)(const KeytabCall& call);
};

constexpr auto kKeytabHandlers = std::to_array<KeytabHandler>({
    {Command::KeytabShow, show_keytab},
    {Command::KeytabCreate, create_keytab},
    {Command::KeytabMerge, merge_keytab},
    {Command::KeytabCheck, check_keytab},
});

}  // namespace

Complaint complaint_of(const kerberos::Fault& fault) {
  int exit = fault.code == "file.unwritable" ? kSystemRefused : kInvalidInput;
  auto shown = [](const Message& text) { return Message{printable(text.en), printable(text.de)}; };
  return {exit, shown(fault.what), shown(fault.remedy)};
}

std::string DirectoryAccount::salt(const kerberos::Principal& principal) const {
  switch (kind) {
    case Kind::User:
      return kerberos::user_salt(principal.realm, name);
    case Kind::Computer:
      return kerberos::computer_salt(principal.realm, name);
    case Kind::Upn:
      break;
  }
  auto upn = kerberos::parse_principal(name, principal.realm);
  if (!upn) return kerberos::user_salt(principal.realm, name);
  std::string letters;
  for (const std::string& component : upn->components) letters += component;
  return kerberos::user_salt(principal.realm, letters);
}

Answer<std::optional<DirectoryAccount>> account_of(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--account");
  if (!text) return std::nullopt;
  using Kind = DirectoryAccount::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds = {
      {{"user:", Kind::User}, {"upn:", Kind::Upn}, {"computer:", Kind::Computer}}};
  for (const auto& [word, kind] : kKinds) {
    if (text->starts_with(word) && text->size() > word.size())
      return DirectoryAccount{.kind = kind, .name = text->substr(word.size())};
  }
  return std::unexpected(Complaint(
      kInvalidInput,
      {"--account is user:NAME, upn:NAME or computer:NAME", "--account ist user:NAME, upn:NAME oder computer:NAME"},
      {"user: the sAMAccountName; upn: the userPrincipalName, if the account has one, as ktpass gives it",
       "user: der sAMAccountName; upn: der userPrincipalName, falls das Konto einen hat, wie ktpass ihn vergibt"}));
}

int run_keytab_command(const CommandLine& line, const Streams& streams) {
  const KeytabHandler& handler = *std::ranges::find(kKeytabHandlers, line.command, &KeytabHandler::command);
  Answer<int> exit = handler.run({.line = line, .streams = streams});
  Answer<void> whole = exit ? whole_output(streams) : Answer<void>();
  if (!whole) exit = std::unexpected(whole.error());
  if (exit) return *exit;
  std::string text = to_text(exit.error(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return exit.error().exit;
}

}  // namespace pforte::app
