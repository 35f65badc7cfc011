#include "doctor/broken_lines.h"

#include <algorithm>

#include "base/printable.h"
#include "base/text.h"

namespace pforte::doctor {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string broken_lines(std::string_view text, std::size_t indent, std::size_t columns) {
  std::string shown = printable(text);
  std::string_view rest = shown;
  std::string lines(indent, ' ');
  std::size_t column = indent;
  bool begins = true;
  while (!rest.empty()) {
    std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    std::size_t width = width_of(word);
    if (!begins && column + 1 + width > columns) {
      lines += cat('\n', std::string(indent + 2, ' '));
      column = indent + 2;
      begins = true;
    }
    if (!begins) lines += ' ';
    column += width + (begins ? 0 : 1);
    lines += word;
    begins = false;
  }
  return lines + '\n';
}

}  // namespace pforte::doctor
