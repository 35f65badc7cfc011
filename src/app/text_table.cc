#include "app/text_table.h"

#include <algorithm>
#include <utility>

#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

constexpr std::size_t kRowsForWidths = 1000;
// A cell that is wider than this does not push all others aside.
constexpr std::size_t kWidestColumn = 40;

}  // namespace

std::size_t columns_of(std::string_view text) {
  return std::size_t(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
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
