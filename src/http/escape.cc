#include "http/escape.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace pforte::http {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// Which bytes cannot be copied as they are.
using Special = std::array<bool, 256>;

constexpr Special special(std::string_view letters) {
  Special table{};
  for (unsigned c = 0; c < 256; ++c) table[c] = c < 0x20 || c >= 0x7f;
  for (char c : letters) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr Special kJson = special("\"\\");
constexpr Special kHtml = special("&<>\"'");

bool continues(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighs = 0x8080808080808080;

// Eight bytes of which none is below 0x20, above 0x7e, a quote or a backslash. May say no for others as well; never yes
// for one of these.
bool eight_are_plain(const char* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  // The high bit of a byte of x is set when it is zero; a borrow can only add a false alarm.
  auto zero_in = [](std::uint64_t x) { return x - kOnes; };
  std::uint64_t control = word - kOnes * 0x20;
  std::uint64_t quote = zero_in(word ^ (kOnes * '"'));
  std::uint64_t backslash = zero_in(word ^ (kOnes * '\\'));
  std::uint64_t above = word | (word + kOnes);  // 0x7f becomes 0x80
  return ((control | quote | backslash | above) & kHighs) == 0;
}

struct Sequence {
  std::size_t bytes;  // to be taken as one
  bool good;
};

// What the bytes at the beginning of `text`, of which the first is above 0x7f, are in UTF-8: a code point, or the
// longest beginning of one.
// Source: Unicode 15, table 3-7 and "Best Practices for Using U+FFFD".
Sequence sequence_of(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return {1, false};
  std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  for (std::size_t i = 1; i < length; ++i) {
    if (i == text.size() || !continues(text[i])) return {i, false};
    auto byte = static_cast<unsigned char>(text[i]);
    if (i == 1 && (byte < low || byte > high)) return {1, false};
  }
  return {length, true};
}

void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out.append("\\u00");
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

void append_json_ascii(std::string& out, char c) {
  switch (c) {
    case '"':
    case '\\':
      out += '\\';
      out += c;
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      return append_hex(out, static_cast<unsigned char>(c));
  }
}

void append_html_ascii(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\'':
      out += "&#39;";
      return;
    default:
      out += kReplacement;
  }
}

bool is_c1_control(std::string_view code_point) {
  return code_point[0] == '\xc2' && static_cast<unsigned char>(code_point[1]) < 0xa0;
}

// Copies stretches of plain letters at once, and what is special piece by piece.
template <class AppendAscii, class AppendC1>
void append_escaped(std::string& out, std::string_view text, const Special& table, AppendAscii ascii, AppendC1 c1) {
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && !table[static_cast<unsigned char>(text[plain])]) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return;

    Sequence next{1, true};
    if (static_cast<unsigned char>(text[0]) < 0x80) {
      ascii(out, text[0]);
    } else {
      next = sequence_of(text);
      if (!next.good) {
        out += kReplacement;
      } else if (is_c1_control(text)) {
        c1(out, static_cast<unsigned char>(text[1]));
      } else {
        out.append(text.substr(0, next.bytes));
      }
    }
    text.remove_prefix(next.bytes);
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  while (plain + 8 <= text.size() && eight_are_plain(text.data() + plain)) plain += 8;
  out.append(text.substr(0, plain));
  text.remove_prefix(plain);
  append_escaped(out, text, kJson, append_json_ascii, append_hex);
  out += '"';
}

void append_html_text(std::string& out, std::string_view text) {
  auto replace = [](std::string& to, unsigned char) { to += kReplacement; };
  append_escaped(out, text, kHtml, append_html_ascii, replace);
}

}  // namespace pforte::http
