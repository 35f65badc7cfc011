#include "doctor/smtp_reply.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::doctor {
namespace {

// Far more than any server says.
constexpr std::size_t kLongestReply = 16UZ * 1024;
constexpr std::size_t kCodeLetters = 3;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "250-PIPELINING", "250 HELP", "250".
bool is_reply_line(std::string_view line) {
  if (line.size() < kCodeLetters || !std::ranges::all_of(line.substr(0, kCodeLetters), is_digit)) return false;
  bool known = line[0] >= '2' && line[0] <= '5';
  return known && (line.size() == kCodeLetters || line[kCodeLetters] == ' ' || line[kCodeLetters] == '-');
}

int code_of(std::string_view line) {
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

}  // namespace

std::string SmtpReply::text() const {
  std::string words = code == 0 ? std::string() : cat(code);
  for (const std::string& line : lines) words += cat(words.empty() || line.empty() ? "" : " ", line);
  return words;
}

bool SmtpReply::offers(std::string_view word, std::string* rest) const {
  for (const std::string& line : lines) {
    std::string_view first = std::string_view(line).substr(0, line.find_first_of(" ="));
    if (!equals_ignoring_case(first, word)) continue;
    if (rest != nullptr) *rest = line.substr(std::min(first.size() + 1, line.size()));
    return true;
  }
  return false;
}

SmtpReading read_smtp_reply(std::string_view bytes, SmtpReply& reply, std::size_t& size) {
  reply = {};
  std::string_view rest = bytes;
  for (;;) {
    std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    bool begins = line.size() < kCodeLetters && std::ranges::all_of(line, is_digit) && end == std::string_view::npos;
    if (!begins && !is_reply_line(line)) return SmtpReading::NotSmtp;
    if (bytes.size() - rest.size() > kLongestReply || line.size() > kLongestReply) return SmtpReading::NotSmtp;
    if (end == std::string_view::npos) return SmtpReading::Partial;
    if (reply.code != 0 && reply.code != code_of(line)) return SmtpReading::NotSmtp;
    reply.code = code_of(line);
    reply.lines.emplace_back(line.substr(std::min(kCodeLetters + 1, line.size())));
    rest.remove_prefix(end + 1);
    size = bytes.size() - rest.size();
    if (line.size() == kCodeLetters || line[kCodeLetters] == ' ') return SmtpReading::Whole;
  }
}

}  // namespace pforte::doctor
