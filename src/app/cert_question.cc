#include "app/cert_question.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/time.h"

namespace pforte::app {
namespace {

template <class T>
using WordsFor = std::span<const std::pair<std::string_view, T>>;

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

constexpr std::array kClients = std::to_array<std::pair<std::string_view, pki::ClientKind>>({
    {"browser", pki::ClientKind::Browser},
    {"app", pki::ClientKind::App},
    {"java", pki::ClientKind::Java},
    {"openssl", pki::ClientKind::OpenSsl},
});

std::unexpected<Complaint> wrong_value(std::string_view option, std::string_view value, std::string_view form) {
  Message what{cat(option, " cannot be ", value), cat(option, " kann nicht ", value, " sein")};
  if (value.empty()) what = {cat("a name is missing in ", option), cat("in ", option, " fehlt ein Name")};
  return std::unexpected(Complaint(kInvalidInput, std::move(what),
                                   {cat("write ", option, ' ', form), cat("schreiben: ", option, ' ', form)}));
}

template <class T>
Answer<T> read_word(std::string_view option, std::string_view value, WordsFor<T> words, std::string_view between) {
  auto found = std::ranges::find(words, value, &std::pair<std::string_view, T>::first);
  if (found != words.end()) return found->second;
  std::string known;
  for (const auto& [word, _] : words) known += cat(known.empty() ? "" : between, word);
  return wrong_value(option, value, known);
}

template <class T>
Answer<T> word_of(const CommandLine& line, std::string_view option, WordsFor<T> words, T otherwise) {
  std::optional<std::string> value = line.value_of(option);
  if (!value) return otherwise;
  return read_word<T>(option, *value, words, "|");
}

Answer<std::vector<pki::PeerName>> peer_names_in(const CommandLine& line) {
  std::vector<pki::PeerName> names;
  for (const std::string& text : line.values_of("--name")) {
    std::optional<pki::PeerName> name = pki::read_peer_name(text);
    if (!name) return wrong_value("--name", text, "dns:HOST|ip:ADDR|email:ADDR");
    // Certificates have them as A-labels alone (RFC 9525, 6.3; RFC 5280, 7.2).
    bool ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii) return wrong_value("--name", text, "dns:xn--..., as certificates have it");
    names.push_back(*std::move(name));
  }
  return names;
}

Answer<pki::Instant> moment_in(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--at");
  if (!text) return now_in_seconds();
  std::optional<pki::Instant> time = read_rfc3339(*text);
  if (!time) return wrong_value("--at", *text, "2026-11-22T09:30:00Z");
  return *time;
}

Answer<std::size_t> max_depth_in(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--max-depth");
  if (!text) return pki::kDefaultDepth;
  std::size_t depth = 0;
  auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), depth);
  if (error != std::errc() || end != text->data() + text->size()) return wrong_value("--max-depth", *text, "8");
  return depth;
}

}  // namespace

Answer<std::vector<pki::ClientKind>> client_kinds_in(const CommandLine& line) {
  std::vector<pki::ClientKind> clients;
  std::optional<std::string> value = line.value_of("--as");
  if (!value) return clients;
  std::string_view rest = *value;
  for (bool goes_on = true; goes_on;) {
    std::string_view word = rest.substr(0, rest.find(','));
    goes_on = word.size() < rest.size();
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    pki::ClientKind kind = TRY(read_word<pki::ClientKind>("--as", word, kClients, ","));
    if (std::ranges::find(clients, kind) == clients.end()) clients.push_back(kind);
  }
  return clients;
}

Answer<CertQuestion> read_cert_question(const CommandLine& line, pki::Profile otherwise) {
  CertQuestion question;
  question.wanted.names = TRY(peer_names_in(line));
  question.wanted.at = TRY(moment_in(line));
  auto of_person = std::ranges::find(question.wanted.names, pki::NameForm::Mail, &pki::PeerName::form);
  bool of_people = of_person != question.wanted.names.end();
  question.wanted.purpose =
      TRY(word_of<pki::Purpose>(line, "--purpose", kPurposes, of_people ? pki::Purpose::Any : pki::Purpose::Server));
  question.max_depth = TRY(max_depth_in(line));
  question.profile = TRY(word_of<pki::Profile>(line, "--profile", kProfiles, otherwise));
  question.clients = TRY(client_kinds_in(line));
  return question;
}

}  // namespace pforte::app
