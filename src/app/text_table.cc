#include "app/text_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <utility>

#include "base/format_control.h"
#include "base/text.h"
#include "policy/code_point.h"

namespace pforte::app {
namespace {

constexpr std::size_t kRowsForWidths = 1000;
// A cell that is wider than this does not push all others aside.
constexpr std::size_t kWidestColumn = 40;

// A column for each character: right for the scripts that our logins and names have.
std::size_t columns_of(std::string_view text) {
  return std::size_t(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

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
  policy::CodePoint point =
      policy::read_code_point(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  bool shows = point.form == policy::CodePoint::Form::Valid && !is_control(point.value);
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

TextTable::TextTable(std::FILE* out, std::vector<std::string> headings) : out_(out) {
  waiting_.push_back(std::move(headings));
}

TextTable::~TextTable() {
  if (!widths_known_) write_waiting();
}

void TextTable::row(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = cell.empty() ? "-" : printable(cell);
  if (widths_known_) return write(cells);
  waiting_.push_back(std::move(cells));
  if (waiting_.size() > kRowsForWidths) write_waiting();
}

void TextTable::write_waiting() {
  widths_.assign(waiting_.front().size(), 0);
  for (const auto& cells : waiting_) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths_[i] = std::max(widths_[i], std::min(columns_of(cells[i]), kWidestColumn));
  }
  widths_known_ = true;
  for (const auto& cells : waiting_) write(cells);
  waiting_.clear();
}

void TextTable::write(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 == cells.size()) break;
    std::size_t columns = columns_of(cells[i]);
    line.append(columns < widths_[i] ? widths_[i] - columns + 2 : 2, ' ');
  }
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), out_);
}

}  // namespace pforte::app
