#include "base/printable.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <span>

#include "base/code_point.h"
#include "base/format_control.h"
#include "base/text.h"

namespace pforte {
namespace {

bool is_control(char32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0);
}

struct Character {
  std::size_t size = 1;  // bytes
  bool shows = false;
  char32_t value = 0;  // if it shows
};

// What stands at the beginning of a text that is not empty.
Character first_of(std::string_view text) {
  auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x80) return {.size = 1, .shows = !is_control(byte), .value = byte};
  CodePoint point = read_code_point(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  bool shows = point.form == CodePoint::Form::Valid && !is_control(point.value);
  return {.size = point.size, .shows = shows, .value = point.value};
}

std::string written_out(char32_t value) {
  std::array<char, 8> digits{};
  auto [end, fault] = std::to_chars(digits.begin(), digits.end(), std::uint32_t(value), 16);
  return cat("\\u{", std::string_view(digits.begin(), end), '}');
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    auto [size, shows, value] = first_of(text);
    if (shows && is_format_control(value)) {
      shown += written_out(value);
    } else {
      shown += shows ? text.substr(0, size) : "\xef\xbf\xbd";
    }
    text.remove_prefix(size);
  }
  return shown;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    Character first = first_of(text);
    if (!first.shows) return false;
    text.remove_prefix(first.size);
  }
  return true;
}

}  // namespace pforte
