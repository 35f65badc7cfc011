// Whatever a configuration file holds, reading it ends, every problem stands on a line that the file has, and nothing
// is read only if something was said.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "conf/reader.h"

namespace {

using namespace pforte::conf;

// Asks for every key as everything it could be.
void read_all(Reader keys, const Table& table, int depth) {
  if (depth == 0) return;
  for (const Entry& entry : table.entries) {
    keys.text(entry.key);
    keys.texts(entry.key);
    keys.number_or(entry.key, 1, {.least = 1, .most = 10});
    keys.size_or(entry.key, 1, {.least = 1, .most = 10});
    keys.duration_or(entry.key, Duration(1), {Duration(1), Duration(10)});
    for (Reader& inner : keys.tables(entry.key, Shape::OneOrList)) inner.end();
    const auto* inner = std::get_if<Table>(&entry.value.is);
    if (inner != nullptr) read_all(*keys.table(entry.key), *inner, depth - 1);
  }
  keys.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Problems problems;
  std::optional<Table> document = read_document(text, "fuzz.toml", problems);
  if (!document && !problems.has_errors()) std::abort();
  if (document) read_all(Reader(*document, problems), *document, 4);

  auto lines = static_cast<std::uint32_t>(std::ranges::count(text, '\n') + 1);
  for (const Problem& problem : problems.all()) {
    bool whole_file = problem.code == "conf.too-large";
    if (!whole_file && (problem.place.line < 1 || problem.place.line > lines || problem.place.column < 1)) std::abort();
  }
  return 0;
}
