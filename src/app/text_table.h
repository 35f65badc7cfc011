#pragma once

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::app {

// How wide a terminal shows it. A column for each character: right for our own words, and for the scripts that logins
// and names have.
std::size_t columns_of(std::string_view text);

// Rows of text in columns under headings. The first rows decide how wide the columns are, so that a million rows can be
// written as they come; a later cell that is wider moves the rest of its line.
class TextTable {
 public:
  TextTable(std::FILE* out, std::vector<std::string> headings);
  TextTable(const TextTable&) = delete;
  TextTable& operator=(const TextTable&) = delete;
  ~TextTable();

  // One cell for each heading. Control characters do not reach the terminal; an empty cell is a hyphen.
  void row(std::vector<std::string> cells);

 private:
  void write_waiting();
  void write(const std::vector<std::string>& cells);

  std::FILE* out_;
  std::vector<std::vector<std::string>> waiting_;  // headings and first rows
  std::vector<std::size_t> widths_;
  bool widths_known_ = false;
};

}  // namespace pforte::app
