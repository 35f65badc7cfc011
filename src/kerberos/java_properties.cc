#include "kerberos/java_properties.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"

namespace pforte::kerberos {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\f';
}

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

void append_utf8(std::string& out, std::uint32_t point) {
  auto tail = [&](unsigned shift) { out += char(0x80 | ((point >> shift) & 0x3f)); };
  if (point < 0x80) {
    out += char(point);
  } else if (point < 0x800) {
    out += char(0xc0 | (point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out += char(0xe0 | (point >> 12));
    tail(6), tail(0);
  } else {
    out += char(0xf0 | (point >> 18));
    tail(12), tail(6), tail(0);
  }
}

// How long the UTF-8 sequence at the beginning is; 0 when it is none (RFC 3629).
std::size_t sequence_length(std::string_view text) {
  auto first = std::uint8_t(text.front());
  if (first < 0x80) return 1;
  std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (char c : text.substr(1, length - 1)) {
    if ((std::uint8_t(c) & 0xc0) != 0x80) return 0;
  }
  auto second = std::uint8_t(text[1]);
  bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  bool outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return unsigned(c - '0');
  char lower = char(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return unsigned(lower - 'a' + 10);
  return std::nullopt;
}

std::optional<std::uint32_t> hex_number(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  std::uint32_t number = 0;
  for (char c : digits.substr(0, 4)) {
    std::optional<unsigned> digit = hex_digit(c);
    if (!digit) return std::nullopt;
    number = number * 16 + *digit;
  }
  return number;
}

class PropertiesReader {
 public:
  PropertiesReader(std::string_view text, const std::string& file, conf::Problems& problems)
      : text_(text), utf8_(is_utf8(text)), problems_(problems) {
    place_.file = file;
    place_.line = place_.column = 1;
  }

  std::vector<Property> read() {
    std::vector<Property> properties;
    while (skip_to_key()) {
      Property property;
      property.key.place = place_;
      property.key.value = read_key();
      skip_separator();
      property.value.place = place_;
      property.value.value = read_value();
      properties.push_back(std::move(property));
    }
    return properties;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  bool at_line_end() const { return at_end() || is_line_end(text_[at_]); }
  char here() const { return text_[at_]; }

  // One byte on. \r\n counts as one line end.
  void step() {
    char c = text_[at_++];
    if (c == '\n' || (c == '\r' && (at_end() || here() != '\n'))) {
      ++place_.line;
      place_.column = 1;
    } else if (!utf8_ || (std::uint8_t(c) & 0xc0) != 0x80) {
      ++place_.column;
    }
  }

  void skip_blanks() {
    while (!at_end() && is_blank(here())) step();
  }

  void skip_line_end() {
    if (at_end()) return;
    bool two = here() == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n';
    step();
    if (two) step();
  }

  // Over empty lines and comments. False at the end.
  bool skip_to_key() {
    for (;;) {
      while (!at_end() && (is_blank(here()) || is_line_end(here()))) step();
      if (at_end()) return false;
      if (here() != '#' && here() != '!') return true;
      while (!at_line_end()) step();
    }
  }

  // Over "\" and a line end, and the blanks the next line begins with. False if none stands here.
  bool skip_continuation() {
    bool goes_on = !at_end() && here() == '\\' && (at_ + 1 == text_.size() || is_line_end(text_[at_ + 1]));
    if (!goes_on) return false;
    step();
    skip_line_end();
    skip_blanks();
    return true;
  }

  void skip_blanks_and_continuations() {
    do skip_blanks();
    while (skip_continuation());
  }

  void skip_separator() {
    skip_blanks_and_continuations();
    if (at_end() || (here() != '=' && here() != ':')) return;
    step();
    skip_blanks_and_continuations();
  }

  std::string read_key() {
    std::string key;
    while (!at_line_end() && here() != '=' && here() != ':' && !is_blank(here())) read_one(key);
    flush_half(key);
    return key;
  }

  std::string read_value() {
    std::string value;
    dropped_.reset();
    while (!at_line_end()) read_one(value);
    flush_half(value);
    if (dropped_) report_dropped(*dropped_, value);
    return value;
  }

  // One character of a key or value, as it is or escaped.
  void read_one(std::string& out) {
    if (skip_continuation()) return;
    if (here() == '\\') return read_escape(out);
    flush_half(out);
    if (utf8_) {
      out += here();
    } else {
      append_utf8(out, std::uint8_t(here()));
    }
    step();
  }

  void read_escape(std::string& out) {
    constexpr std::string_view kLetters = "tnrf", kControls = "\t\n\r\f";
    conf::Place place = place_;
    step();
    if (here() == 'u') return read_code_unit(out, place);
    flush_half(out);
    std::size_t letter = kLetters.find(here());
    if (letter != std::string_view::npos) {
      out += kControls[letter];
      step();
      return;
    }
    // A name of Windows, most likely: Java takes what follows as it is.
    if (std::string_view(" \t\\:=#!\"'").find(here()) == std::string_view::npos && !dropped_) dropped_ = place;
    read_plain(out);
  }

  // What follows a backslash, as it is.
  void read_plain(std::string& out) {
    if (utf8_) {
      std::size_t length = sequence_length(text_.substr(at_));
      for (std::size_t i = 0; i < length; ++i) {
        out += here();
        step();
      }
      return;
    }
    append_utf8(out, std::uint8_t(here()));
    step();
  }

  // \uXXXX, a code unit of UTF-16.
  void read_code_unit(std::string& out, const conf::Place& place) {
    step();
    std::optional<std::uint32_t> unit = hex_number(text_.substr(at_));
    if (!unit) {
      problems_.error(place, "kerberos.properties-escape",
                      {"\\u is not followed by four hexadecimal digits, and Java refuses the file for it",
                       "auf \\u folgen keine vier Hexadezimalziffern; Java weist die Datei deshalb zurück"},
                      {"write \\u00fc for ü; a backslash itself is written \\\\",
                       "\\u00fc steht für ü; ein Backslash selbst wird \\\\ geschrieben"});
      return;
    }
    for (int i = 0; i < 4; ++i) step();
    bool is_low = *unit >= 0xdc00 && *unit <= 0xdfff;
    if (half_ && is_low) {
      append_utf8(out, 0x10000 + ((std::exchange(half_, std::nullopt).value() - 0xd800) << 10) + (*unit - 0xdc00));
      return;
    }
    flush_half(out);
    if (*unit >= 0xd800 && *unit <= 0xdbff) {
      half_ = unit;
    } else {
      append_utf8(out, is_low ? 0xfffd : *unit);
    }
  }

  // The first half of a pair that did not go on.
  void flush_half(std::string& out) {
    if (std::exchange(half_, std::nullopt)) append_utf8(out, 0xfffd);
  }

  void report_dropped(const conf::Place& place, const std::string& value) {
    problems_.warning(place, "kerberos.properties-backslash",
                      {cat("Java drops a single backslash, so the value is \"", value, '"'),
                       cat("Java lässt einen einzelnen Backslash weg; der Wert ist also \"", value, '"')},
                      {R"(write every backslash twice: C:\\conf\\crm.keytab)",
                       R"(jeden Backslash doppelt schreiben: C:\\conf\\crm.keytab)"});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool utf8_;
  conf::Place place_;
  conf::Problems& problems_;
  std::optional<std::uint32_t> half_;
  std::optional<conf::Place> dropped_;
};

}  // namespace

std::vector<Property> read_java_properties(std::string_view text, const std::string& file, conf::Problems& problems) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return PropertiesReader(text, file, problems).read();
}

}  // namespace pforte::kerberos
