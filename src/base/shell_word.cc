#include "base/shell_word.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte {
namespace {

bool is_plain(std::string_view word, std::string_view marks) {
  bool harmless = std::ranges::all_of(word, [&](char c) { return is_alphanumeric(c) || marks.contains(c); });
  return harmless && !word.empty();
}

// Bytes of a quotation mark at the beginning of `text`: ' or U+2018 to U+201B. 0: there is none.
std::size_t quotation_mark(std::string_view text) {
  if (text.starts_with('\'')) return 1;
  bool typographic = text.size() >= 3 && text.starts_with("\xe2\x80") && text[2] >= '\x98' && text[2] <= '\x9b';
  return typographic ? 3 : 0;
}

}  // namespace

std::string shell_word(std::string_view word) {
  if (is_plain(word, "-_./:=,@%+")) return std::string(word);
  std::string quoted = "'";
  for (char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return cat(quoted, '\'');
}

std::string powershell_word(std::string_view word) {
  // Within a word @ is a letter like any other; at its beginning it is not, nor is -.
  if (is_plain(word, "-_./:@") && !word.starts_with('-') && !word.starts_with('@')) return std::string(word);
  std::string quoted = "'";
  while (!word.empty()) {
    std::size_t mark = quotation_mark(word);
    std::size_t size = std::max<std::size_t>(mark, 1);
    quoted += cat(word.substr(0, mark), word.substr(0, size));
    word.remove_prefix(size);
  }
  return cat(quoted, '\'');
}

}  // namespace pforte
