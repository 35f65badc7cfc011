#include "app/ca_settings.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/ca_json.h"
#include "app/password_input.h"
#include "app/unread_configuration.h"
#include "base/file_replacement.h"
#include "base/printable.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "gate/config.h"

namespace pforte::app {
namespace {

// Asked for where no file is named; the question says what for.
Answer<Secret> password_from(const std::optional<std::string>& file, const Message& what, const CommandLine& line,
                             const Streams& streams) {
  if (!file) say(streams, line, what);
  std::optional<Secret> password = TRY(known_password(streams, line.language, file.value_or("-")));
  return *std::move(password);
}

// The file that is meant, whether it is there already or not.
std::filesystem::path meant_by(const std::string& file) {
  std::error_code unknown;
  std::filesystem::path whole = std::filesystem::absolute(file, unknown);
  std::filesystem::path settled = std::filesystem::weakly_canonical(whole, unknown);
  return unknown ? whole : settled;
}

}  // namespace

Answer<CaSettings> ca_settings(const CommandLine& line) {
  if (std::optional<std::string> folder = line.value_of("--folder"))
    return CaSettings{.places = {*std::move(folder)}, .addresses = {}, .config = {}};
  conf::Problems problems;
  std::string file = config_file(line);
  std::optional<gate::Config> config = gate::read_draft(file, problems);
  // A draft takes a misspelt key for the one that was meant; nothing is signed or kept by a guess.
  conf::Problems misspelt;
  for (const conf::Problem& problem : problems.all()) {
    if (problem.code == "conf.unknown-key") misspelt.add(problem);
  }
  if (!config) return std::unexpected(unread_configuration(file, problems));
  if (misspelt.has_errors()) return std::unexpected(unread_configuration(file, misspelt));
  return CaSettings{
      .places = {config->state_dir + "/ca"}, .addresses = {config->ca.url}, .config = std::move(config->ca)};
}

Answer<Secret> intermediate_password(const CaSettings& settings, const CommandLine& line, const Streams& streams) {
  std::optional<std::string> file = line.value_of("--password-file");
  if (!file && settings.config.key_password_file) file = settings.config.key_password_file->value;
  return password_from(
      file, {"the passphrase of the intermediate's key:", "die Passphrase zum Schlüssel des Zwischenzertifikats:"},
      line, streams);
}

Answer<Secret> root_password(const CommandLine& line, const Streams& streams) {
  return password_from(line.value_of("--root-password-file"),
                       {"the passphrase of the root's key:", "die Passphrase zum Schlüssel der Wurzel:"}, line,
                       streams);
}

Answer<authority::Authority> open_authority(const CaSettings& settings, const CommandLine& line,
                                            const Streams& streams) {
  Secret password = TRY(intermediate_password(settings, line, streams));
  return TRY(authority::Authority::open(settings.places, password, settings.addresses));
}

Answer<crypto::AlternativeName> alternative_name_in(const std::string& text) {
  if (std::optional<crypto::AlternativeName> name = crypto::alternative_name(text)) return *std::move(name);
  std::string shown = printable(text);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat('"', shown, "\" is no name"), cat('"', shown, "\" ist kein Name")},
                                   {"a host name, an address or a mail address in ASCII; other scripts as xn--...",
                                    "ein Hostname, eine IP- oder Mailadresse in ASCII; andere Schriften als xn--..."}));
}

Answer<std::vector<crypto::AlternativeName>> alternative_names_in(const std::vector<std::string>& lists) {
  std::vector<crypto::AlternativeName> names;
  for (std::string_view list : lists) {
    while (!list.empty()) {
      std::size_t comma = std::min(list.find(','), list.size());
      names.push_back(TRY(alternative_name_in(std::string(list.substr(0, comma)))));
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  }
  return names;
}

Answer<crypto::KeyKind> key_kind_in(const CommandLine& line) {
  std::optional<std::string> word = line.value_of("--key-type");
  if (!word) return crypto::KeyKind::EcP256;
  if (std::optional<crypto::KeyKind> kind = crypto::key_kind(*word)) return *kind;
  std::string shown = printable(*word);
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat("--key-type cannot be ", shown), cat("--key-type kann nicht ", shown, " sein")},
                                   {"write --key-type ec-p256|ec-p384|rsa-2048|rsa-3072|rsa-4096",
                                    "schreiben: --key-type ec-p256|ec-p384|rsa-2048|rsa-3072|rsa-4096"}));
}

bool wants_standard_output(const CommandLine& line) {
  return line.value_of("--out") == "-";
}

std::optional<std::string> output_file(const CommandLine& line) {
  return wants_standard_output(line) ? std::nullopt : line.value_of("--out");
}

Answer<void> check_one_document(const CommandLine& line) {
  if (!line.json || !wants_standard_output(line)) return {};
  return std::unexpected(
      Complaint(kInvalidInput,
                {"--json and --out - both want standard output", "--json und --out - wollen beide die Standardausgabe"},
                {"name a file", "eine Datei nennen"}));
}

// What --out names is replaced: it must not be somebody's only copy of a key.
Answer<void> check_out(const CommandLine& line) {
  std::optional<std::string> out = output_file(line);
  std::error_code unknown;
  if (!out || !std::filesystem::is_regular_file(*out, unknown)) return {};
  Result<std::string> there = crypto::read_file(*out);
  if (!there || !there->contains("PRIVATE KEY-----")) return {};
  std::string shown = printable(*out);
  return std::unexpected(Complaint(
      kInvalidInput,
      {cat("--out would replace a private key: ", shown),
       cat("--out würde einen privaten Schlüssel ersetzen: ", shown)},
      {"name another file, or move the key away", "eine andere Datei nennen, oder den Schlüssel wegbewegen"}));
}

Answer<void> check_key_and_out(const CommandLine& line) {
  TRY(check_out(line));
  std::optional<std::string> key = line.value_of("--key"), out = output_file(line);
  if (key == "-") {
    return std::unexpected(
        Complaint(kInvalidInput, {"--key cannot be standard output", "--key kann nicht die Standardausgabe sein"},
                  {"name a file for the private key", "eine Datei für den privaten Schlüssel nennen"}));
  }
  if (!key || !out || meant_by(*key) != meant_by(*out)) return {};
  std::string shown = printable(*key);
  return std::unexpected(Complaint(
      kInvalidInput,
      {cat("--key and --out are the same file: ", shown), cat("--key und --out sind dieselbe Datei: ", shown)},
      {"name two; a private key has a file of its own",
       "zwei nennen; ein privater Schlüssel hat eine Datei für sich"}));
}

Answer<void> give_out(const CommandLine& line, const Streams& streams, std::string_view content) {
  TRY(check_out(line));
  std::optional<std::string> file = output_file(line);
  if (file) TRY(replace_file(*file, content, 0644));
  std::string document = line.json ? pem_json(content, file) : std::string(file ? "" : content);
  std::fwrite(document.data(), 1, document.size(), streams.out);
  return {};
}

void say(const Streams& streams, const CommandLine& line, const Message& text) {
  std::string whole = cat(text.in(line.language), '\n');
  std::fwrite(whole.data(), 1, whole.size(), streams.err);
}

int give_up(const Complaint& complaint, const CommandLine& line, const Streams& streams) {
  std::string text = to_text(complaint, line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return complaint.exit;
}

}  // namespace pforte::app
