#include "doctor/meant_message.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "conf/nearest.h"
#include "doctor/client_message.h"

namespace pforte::doctor {
namespace {

// Of a word that is shorter, too many others are near.
constexpr std::size_t kShortestCode = 6;
// What is longer was pasted, and has no slips in it.
constexpr std::size_t kMostTypedWords = 16;

// Those that mean something without others beside them.
std::vector<std::string_view> known_texts(bool codes_alone) {
  std::vector<std::string_view> known;
  for (std::span<const MessageGroup> groups : all_messages()) {
    for (const MessageGroup& group : groups) {
      for (const KnownMessage& one : group.messages) {
        bool is_code = one.says.size() >= kShortestCode && !one.says.contains(' ');
        if (one.beside.empty() && (is_code || !codes_alone)) known.push_back(one.says);
      }
    }
  }
  return known;
}

// "ERR_CERT_REVOKED", "sign-in.wrong", "PartialChain": not as words are written.
bool is_like_code(std::string_view word) {
  if (word.size() < kShortestCode) return false;
  auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return word.find_first_of("_.-0123456789") != std::string_view::npos ||
         std::ranges::any_of(word.substr(1), is_capital);
}

// "NET::ERR_CERT_REVOKED)." without what stands before and behind a code.
std::string_view bare_code(std::string_view word) {
  if (std::size_t scope = word.rfind(':', word.empty() ? 0 : word.size() - 2); scope != std::string_view::npos)
    word.remove_prefix(scope + 1);
  auto is_part = [](char c) { return is_alphanumeric(c) || c == '_'; };
  while (!word.empty() && !is_part(word.front())) word.remove_prefix(1);
  while (!word.empty() && !is_part(word.back())) word.remove_suffix(1);
  return word;
}

std::vector<std::string_view> typed_codes(std::string_view line) {
  std::vector<std::string_view> codes;
  for (std::size_t words = 0; !line.empty() && words < kMostTypedWords; ++words) {
    std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(word.size() + 1, line.size()));
    std::string_view code = bare_code(word);
    if (is_like_code(code)) codes.push_back(code);
  }
  return codes;
}

}  // namespace

std::string_view meant_message(std::string_view text) {
  std::string line = folded_message(text);
  if (auto whole = conf::nearest(line, known_texts(false)); whole && line.size() >= kShortestCode) return *whole;
  const std::vector<std::string_view> known = known_texts(true);
  for (std::string_view code : typed_codes(line)) {
    if (auto meant = conf::nearest(code, known)) return *meant;
  }
  return {};
}

}  // namespace pforte::doctor
