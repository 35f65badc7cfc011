#include "doctor/client_message.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/text.h"
#include "http/compose.h"
#include "http/page_text.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kExcerptBytes = 100;
constexpr std::size_t kReferenceLetters = 13;

bool is_word(char c) {
  return is_alphanumeric(c) || c == '_';
}

// Where a text occurs as whole words; npos: nowhere. Both in small letters.
std::size_t place_of_words(std::string_view message, std::string_view words) {
  for (std::size_t at = message.find(words); at != std::string_view::npos; at = message.find(words, at + 1)) {
    bool begins = at == 0 || !is_word(message[at - 1]) || (!is_word(words.front()) && words.front() != '-');
    std::size_t end = at + words.size();
    bool ends = end == message.size() || !is_word(message[end]) || !is_alphanumeric(words.back());
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

bool is_meant(const KnownMessage& message, std::string_view small) {
  return small.contains(message.beside) &&
         std::ranges::none_of(message.unless, [&](std::string_view words) { return small.contains(words); });
}

// `small` is `line` in small letters.
void recognise(const MessageGroup& group, std::string_view line, std::string_view small,
               std::vector<RecognisedMessage>& found) {
  for (const KnownMessage& message : group.messages) {
    std::size_t at = place_of_words(small, lowered(message.says));
    bool is_said = at != std::string_view::npos && is_meant(message, small);
    const MessageFault* fault = is_said ? fault_named(message.fault) : nullptr;
    if (fault) found.push_back({&message, &group, fault, std::string(line.substr(at, kExcerptBytes))});
  }
}

// Those that say why before those that do not, then the longer: it is the more definite.
void keep_most_telling(std::vector<RecognisedMessage>& found) {
  auto before = [](const RecognisedMessage& a, const RecognisedMessage& b) {
    if (a.fault->is_general != b.fault->is_general) return b.fault->is_general;
    if (a.message->says.size() != b.message->says.size()) return a.message->says.size() > b.message->says.size();
    if (a.message->says != b.message->says) return a.message->says < b.message->says;
    return a.fault->id < b.fault->id;
  };
  std::ranges::sort(found, before);
  std::vector<RecognisedMessage> kept;
  for (RecognisedMessage& one : found) {
    bool told = std::ranges::find(kept, one.fault, &RecognisedMessage::fault) != kept.end();
    bool says_less = one.fault->is_general && !kept.empty();
    if (!told && !says_less && kept.size() < kMostRecognised) kept.push_back(std::move(one));
  }
  found = std::move(kept);
}

// Letters that host names have; what follows is no more of it.
std::string host_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '.' || text[end] == '-')) ++end;
  std::string_view host = text.substr(0, end);
  while (host.ends_with('.') || host.ends_with('-')) host.remove_suffix(1);
  return host.contains('.') && host.size() <= 253 ? std::string(host) : std::string();
}

std::string host_in(std::string_view message) {
  constexpr auto kBefore = std::to_array<std::string_view>(
      {"https://", "http://", "name matching ", "target host name '", "during a connection to ",
       "resolve host: ", "connect to server ", "failed to connect to ", "cleartext communication to ",
       "cleartext http traffic to ", "unable to resolve host \"", "host: ", "hostname '", "certificate for <",
       "match '", "hostname ", "enotfound ", "failed host lookup: '", "http/"});
  for (std::string_view before : kBefore) {
    std::size_t at = message.find(before);
    if (at == std::string_view::npos) continue;
    std::string host = host_at(message.substr(at + before.size()));
    bool is_version = host.find_first_not_of("0123456789.") == std::string::npos && before == "http/";
    if (!host.empty() && !is_version) return host;
  }
  return "";
}

// Thirteen of the letters that gate::References uses, behind the word that pages have for it.
std::string reference_in(std::string_view message) {
  for (std::string_view before : {"pforte-reference", "reference", "referenz"}) {
    for (std::size_t at = message.find(before); at != std::string_view::npos; at = message.find(before, at + 1)) {
      std::string_view rest = message.substr(at + before.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(" :=\""), rest.size()));
      rest = rest.substr(0, kReferenceLetters + 1);  // a longer word is none, however long it is
      std::string_view word =
          rest.substr(0, std::min(rest.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), rest.size()));
      if (word.size() == kReferenceLetters) return std::string(word);
    }
  }
  return "";
}

struct StatusProof {
  int status;
  std::string_view proof;
};

constexpr auto kStatusProofs = std::to_array<StatusProof>({
    {.status = 400, .proof = "http.bad-request http.tls-on-plain-port"},
    {.status = 401, .proof = "http.sign-in http.no-challenge http.ntlm-only"},
    {.status = 403, .proof = "http.forbidden http.blocked"},
    {.status = 404, .proof = "http.not-found http.path-blocked http.path-missing"},
    {.status = 405, .proof = "http.refused http.path-missing"},
    {.status = 407, .proof = "proxy.sign-in-needed http.proxy-sign-in"},
    {.status = 408, .proof = "http.silent http.slow"},
    {.status = 413, .proof = "http.refused http.head-limit"},
    {.status = 414, .proof = "http.refused http.head-limit"},
    {.status = 421, .proof = "http.misdirected path.shared-connection"},
    {.status = 429, .proof = "http.too-many-requests http.refused"},
    {.status = 431, .proof = "http.head-limit account.ticket-too-long"},
    {.status = 500, .proof = "http.server-error http.path-fails"},
    {.status = 502, .proof = "http.bad-gateway http.unhealthy"},
    {.status = 503, .proof = "http.unavailable http.unhealthy"},
    {.status = 504, .proof = "http.gateway-timeout http.slow"},
});

// Phrases that are unmistakable without the number.
struct StatusPhrase {
  int status;
  std::string_view phrase;
};

constexpr auto kStatusPhrases = std::to_array<StatusPhrase>({
    {.status = 407, .phrase = "proxy authentication required"},
    {.status = 502, .phrase = "bad gateway"},
    {.status = 504, .phrase = "gateway timeout"},
    {.status = 504, .phrase = "gateway time-out"},
});

bool says_status(std::string_view message, int status) {
  if (message == cat(status)) return true;  // nothing else was pasted
  for (std::string_view before : {"http/1.1 ", "http/2 ", "http/3 ", "http status ", "status code ", "status code: ",
                                  "status: ", "\"status\":", "response code: ", "http error ", "http response code ",
                                  "http ", "returned error: ", "statuscode: ", "error ", "fehler "}) {
    if (place_of_words(message, cat(before, status)) != std::string_view::npos) return true;
  }
  for (const StatusPhrase& one : kStatusPhrases) {
    if (one.status == status && place_of_words(message, one.phrase) != std::string_view::npos) return true;
  }
  std::string_view phrase = http::reason_of(status);
  if (!phrase.empty() && place_of_words(message, lowered(cat(status, ' ', phrase))) != std::string_view::npos)
    return true;
  const http::Explanation& page = http::explanation_of(status);
  if (page.status != status) return false;
  return place_of_words(message, lowered(page.title.en)) != std::string_view::npos ||
         place_of_words(message, lowered(page.title.de)) != std::string_view::npos;
}

int status_in(std::string_view message) {
  auto found =
      std::ranges::find_if(kStatusProofs, [&](const StatusProof& one) { return says_status(message, one.status); });
  return found == kStatusProofs.end() ? 0 : found->status;
}

}  // namespace

std::string folded_message(std::string_view text) {
  constexpr std::string_view kApostrophe = "\u2019";
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool is_blank = text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r');
    if (is_blank) {
      if (!line.empty() && line.back() != ' ') line += ' ';
    } else if (text.substr(i).starts_with(kApostrophe)) {
      line += '\'';
      i += kApostrophe.size() - 1;
    } else {
      line += text[i];
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

MessageReading read_message(std::string_view text) {
  std::string line = folded_message(text);
  std::string small = lowered(line);
  MessageReading reading;
  for (std::span<const MessageGroup> groups : all_messages()) {
    for (const MessageGroup& group : groups) recognise(group, line, small, reading.recognised);
  }
  keep_most_telling(reading.recognised);
  reading.host = host_in(small);
  reading.status = status_in(small);
  reading.reference = reference_in(small);
  return reading;
}

std::string_view proof_of_status(int status) {
  const auto* found = std::ranges::find(kStatusProofs, status, &StatusProof::status);
  return found == kStatusProofs.end() ? std::string_view() : found->proof;
}

}  // namespace pforte::doctor
