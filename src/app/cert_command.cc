#include "app/cert_command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cert_verdict.h"
#include "app/complaint.h"
#include "app/password_input.h"
#include "app/trust_doubts.h"
#include "base/text.h"
#include "base/time.h"
#include "pki/anchors.h"
#include "pki/certificate_file.h"
#include "pki/trust_store.h"
#include "pki/verify.h"

namespace pforte::app {
namespace {

// Of what does not help the verdict.
constexpr std::size_t kMostWarnings = 10;

template <class T>
using Words = std::span<const std::pair<std::string_view, T>>;

constexpr std::array kPurposes = std::to_array<std::pair<std::string_view, pki::Purpose>>({
    {"server", pki::Purpose::Server},
    {"client", pki::Purpose::Client},
    {"email", pki::Purpose::Mail},
    {"any", pki::Purpose::Any},
});

constexpr std::array kProfiles = std::to_array<std::pair<std::string_view, pki::Profile>>({
    {"rfc5280", pki::Profile::Rfc5280},
    {"webpki", pki::Profile::WebPki},
    {"browser", pki::Profile::Browser},
    {"app", pki::Profile::App},
    {"java", pki::Profile::Java},
});

std::unexpected<Complaint> wrong_value(std::string_view option, const std::string& value, std::string_view form) {
  return std::unexpected(Complaint(kInvalidInput,
                                   {cat(option, " cannot be ", value), cat(option, " kann nicht ", value, " sein")},
                                   {cat("write ", option, ' ', form), cat("schreiben: ", option, ' ', form)}));
}

std::unexpected<Complaint> missing(std::string_view option, std::string_view en, std::string_view de) {
  return std::unexpected(Complaint(kInvalidInput, {cat(option, " is missing"), cat(option, " fehlt")},
                                   {std::string(en), std::string(de)}));
}

template <class T>
Answer<T> word_of(const CommandLine& line, std::string_view option, Words<T> words, T otherwise) {
  std::optional<std::string> value = line.value_of(option);
  if (!value) return otherwise;
  auto found = std::ranges::find(words, std::string_view(*value), &std::pair<std::string_view, T>::first);
  if (found != words.end()) return found->second;
  std::string known;
  for (const auto& [word, _] : words) known += cat(known.empty() ? "" : "|", word);
  return wrong_value(option, *value, known);
}

Answer<std::vector<pki::PeerName>> names_in(const CommandLine& line) {
  std::vector<pki::PeerName> names;
  for (const std::string& text : line.values_of("--name")) {
    std::optional<pki::PeerName> name = pki::read_peer_name(text);
    if (!name) return wrong_value("--name", text, "dns:HOST|ip:ADDR|email:ADDR");
    names.push_back(*std::move(name));
  }
  return names;
}

Answer<pki::Instant> time_in(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--at");
  if (!text) return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::optional<pki::Instant> time = read_rfc3339(*text);
  if (!time) return wrong_value("--at", *text, "2026-11-22T09:30:00Z");
  return *time;
}

Answer<std::size_t> depth_in(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--max-depth");
  if (!text) return pki::kDefaultDepth;
  std::size_t depth = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), depth);
  if (error != std::errc() || end != text->data() + text->size()) return wrong_value("--max-depth", *text, "8");
  return depth;
}

// A client is asked for by the mail address of whoever it is, a server by everything else.
Answer<pki::Wanted> wanted_in(const CommandLine& line) {
  pki::Wanted wanted;
  wanted.names = TRY(names_in(line));
  wanted.at = TRY(time_in(line));
  bool of_people = std::ranges::find(wanted.names, pki::NameForm::Mail, &pki::PeerName::form) != wanted.names.end();
  wanted.purpose =
      TRY(word_of<pki::Purpose>(line, "--purpose", kPurposes, of_people ? pki::Purpose::Any : pki::Purpose::Server));
  return wanted;
}

// What the files say.
struct Material {
  std::vector<pki::Certificate> certificates;  // the peer's first
  std::vector<pki::Certificate> anchors;
  std::vector<pki::Crl> crls;
  std::vector<Complaint> no_help;  // why what might help the verdict does not, or not for certain
};

// A certificate that cannot be read spoils the verdict only if it is the peer's, or if its file has no other.
Answer<void> load_chain(const std::string& file, bool with_peer, Material& into) {
  std::vector<std::string> all = TRY(in_file(file, pki::read_certificate_file(file)));
  std::size_t number = 0, unreadable = 0;
  for (std::string& der : all) {
    std::string source = cat(file, ": certificate ", ++number);
    auto read = pki::read_certificate(std::move(der), source);
    if (read) {
      into.certificates.push_back(*std::move(read));
      continue;
    }
    ++unreadable;
    bool is_peer = with_peer && number == 1;
    if (is_peer || unreadable == all.size()) return std::unexpected(Complaint(read.error(), file));
    into.no_help.emplace_back(read.error(), file);
  }
  return {};
}

// A file that was taken for a trust store, and is none, would otherwise look like an authority that is missing.
Complaint holds_no_anchor(const std::string& name) {
  return {name,
          kDone,
          {"it holds no certificate, so nothing is trusted because of it",
           "er enthält kein Zertifikat; seinetwegen ist also nichts vertrauenswürdig"},
          {"is it the right one? pforte trust list STORE shows what is in it",
           "ist es der richtige? pforte trust list SPEICHER zeigt, was darin ist"}};
}

Answer<void> load_stores(const CommandLine& line, const Streams& streams, Material& into) {
  std::optional<Secret> password = TRY(known_password(streams, line.language, line.value_of("--trust-password-file")));
  for (const std::string& name : line.values_of("--trust")) {
    pki::TrustStore store = TRY(in_file(name, pki::read_trust_store(name, password)));
    if (store.entries.empty()) into.no_help.push_back(holds_no_anchor(name));
    for (Complaint& doubt : doubts_about(store, "--trust-password-file")) into.no_help.push_back(std::move(doubt));
    TRY(pki::load_anchors(store, into.certificates, into.crls, into.anchors));
  }
  return {};
}

Answer<Material> load(const CommandLine& line, const Streams& streams) {
  Material material;
  std::optional<std::string> chain = line.value_of("--chain");
  if (!chain)
    return missing("--chain", "name the file with the peer's certificate",
                   "die Datei mit dem Zertifikat der Gegenstelle nennen");
  if (line.values_of("--trust").empty())
    return missing("--trust", "name what is trusted: a file, a folder, or system",
                   "angeben, wem vertraut wird: eine Datei, ein Ordner oder system");
  TRY(load_chain(*chain, true, material));
  for (const std::string& file : line.values_of("--untrusted")) TRY(load_chain(file, false, material));
  for (const std::string& file : line.values_of("--crl")) {
    std::vector<pki::Crl> crls = TRY(in_file(file, pki::load_crls(file)));
    std::ranges::move(crls, std::back_inserter(material.crls));
  }
  TRY(load_stores(line, streams, material));
  return material;
}

void warn(const Material& material, const CommandLine& line, std::FILE* to) {
  for (const Complaint& each : std::span(material.no_help).first(std::min(material.no_help.size(), kMostWarnings))) {
    std::string text = warning_text(each, line.language);
    std::fwrite(text.data(), 1, text.size(), to);
  }
}

Answer<int> judge(const CommandLine& line, const Streams& streams) {
  pki::Wanted wanted = TRY(wanted_in(line));
  std::size_t depth = TRY(depth_in(line));
  pki::Profile profile = TRY(word_of<pki::Profile>(line, "--profile", kProfiles, pki::Profile::Rfc5280));
  Material material = TRY(load(line, streams));
  warn(material, line, streams.err);
  pki::Question question{.leaf = material.certificates.front(),
                         .untrusted = {},
                         .trusted = {},
                         .crls = {},
                         .wanted = std::move(wanted),
                         .max_depth = depth,
                         .profile = profile};
  for (const pki::Certificate& certificate : material.certificates) question.untrusted.push_back(&certificate);
  for (const pki::Certificate& certificate : material.anchors) question.trusted.push_back(&certificate);
  for (const pki::Crl& crl : material.crls) question.crls.push_back(&crl);
  pki::Verdict verdict = pki::verify(question);
  std::string text = line.json ? json_of(verdict, line.language) : text_of(verdict, line.language);
  std::fwrite(text.data(), 1, text.size(), streams.out);
  return verdict.trusted ? kDone : kDoesNotHold;
}

}  // namespace

int verify_certificate(const CommandLine& line, const Streams& streams) {
  Answer<int> exit = judge(line, streams);
  if (exit) return *exit;
  std::string text = to_text(exit.error(), line.language);
  std::fwrite(text.data(), 1, text.size(), streams.err);
  return exit.error().exit;
}

}  // namespace pforte::app
