#include "conf/open_list.h"

#include <algorithm>
#include <vector>

namespace pforte::conf {
namespace {

// Where a text ends that begins at `at`: behind its last quotation mark, or at the end of the line where it has none.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  char quote = text[at];
  bool is_long = text.substr(at).starts_with(quote == '"' ? R"(""")" : "'''");
  std::size_t marks = is_long ? 3 : 1;
  for (std::size_t i = at + marks; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == '\n' && !is_long) {
      return i;
    } else if (text.substr(i, marks) == text.substr(at, marks)) {
      return i + marks;
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::size_t> open_list_at_end(std::string_view text) {
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '"' || c == '\'') {
      at = end_of_quoted(text, at);
      continue;
    }
    if (c == '[') open.push_back(at);
    if (c == ']' && !open.empty()) open.pop_back();
    ++at;
  }
  return open.empty() ? std::nullopt : std::optional(open.back());
}

}  // namespace pforte::conf
