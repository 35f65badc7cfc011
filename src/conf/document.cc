#include "conf/document.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

// Header-only: Debian's shared library is built to throw.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/impl/preprocessor.h>
// toml++ 3.3 asserts that the heading of a block begins like a key, and right behind it reports that it does not: with
// the assertion, "[größe]" would end the program.
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expr) static_assert(true)
#include <toml++/toml.h>

#include "base/text.h"
#include "conf/syntax.h"

namespace pforte::conf {
namespace {

constexpr std::size_t kLargestText = 1U << 20;
constexpr std::size_t kLongestLine = 8U << 10;

// After this many slips somebody is not writing TOML.
constexpr int kMostRepairs = 50;

Place place_of(const toml::source_position& position, const std::string& file) {
  return {file, std::max<std::uint32_t>(1, position.line), std::max<std::uint32_t>(1, position.column)};
}

Value to_value(const toml::node& node, const std::string& file);

Table to_table(const toml::table& from, const std::string& file) {
  Table table{.place = place_of(from.source().begin, file), .entries = {}};
  for (const auto& [key, node] : from) {
    table.entries.push_back({std::string(key.str()), place_of(key.source().begin, file), to_value(node, file)});
  }
  std::ranges::sort(table.entries, {},
                    [](const Entry& entry) { return std::pair(entry.place.line, entry.place.column); });
  return table;
}

Value to_value(const toml::node& node, const std::string& file) {
  Value value{.place = place_of(node.source().begin, file), .is = Moment()};
  if (const toml::table* table = node.as_table()) {
    value.is = to_table(*table, file);
  } else if (const toml::array* array = node.as_array()) {
    Value::List list;
    for (const toml::node& item : *array) list.push_back(to_value(item, file));
    value.is = std::move(list);
  } else if (const auto* text = node.as_string()) {
    value.is = text->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.is = flag->get();
  } else if (const auto* number = node.as_integer()) {
    value.is = number->get();
  } else if (const auto* real = node.as_floating_point()) {
    value.is = real->get();
  }
  return value;
}

// Where line `number` (from 1) begins and ends in a text, its line end not included. The last line if there are fewer.
struct Line {
  std::uint32_t number = 1;
  std::size_t begin = 0;
  std::size_t end = 0;
};

Line find_line(std::string_view text, std::uint32_t number) {
  Line line;
  line.end = std::min(text.find('\n'), text.size());
  while (line.number < number && line.end + 1 < text.size()) {
    line.begin = line.end + 1;
    line.end = std::min(text.find('\n', line.begin), text.size());
    ++line.number;
  }
  if (line.end > line.begin && text[line.end - 1] == '\r') --line.end;
  return line;
}

// True when the text is of a size that we read.
bool is_bounded(std::string_view text, const std::string& file, Problems& problems) {
  if (text.size() > kLargestText) {
    problems.error({file, 0, 0}, "conf.too-large", {"the file is larger than 1 MiB", "die Datei ist größer als 1 MiB"},
                   {"name the configuration file; certificates and keys stay in files of their own",
                    "die Konfigurationsdatei angeben; Zertifikate und Schlüssel bleiben in eigenen Dateien"});
    return false;
  }
  std::uint32_t number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    if (end - begin > kLongestLine) {
      problems.error({file, number, 1}, "conf.line-too-long",
                     {"the line is longer than 8 KiB", "die Zeile ist länger als 8 KiB"},
                     {"a list may go over several lines", "eine Liste darf über mehrere Zeilen gehen"});
      return false;
    }
    begin = end + 1;
  }
  return true;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Message cause_of(int error) {
  switch (error) {
    case ENOENT:
      return {"there is no such file", "es gibt diese Datei nicht"};
    case EACCES:
      return {"reading it is not permitted", "das Lesen ist nicht erlaubt"};
    case EISDIR:
      return {"this is a folder", "das ist ein Ordner"};
    default:
      break;
  }
  std::string cause = std::generic_category().message(error);
  return {cat("it cannot be read: ", cause), cat("sie ist nicht lesbar: ", cause)};
}

Message remedy_for(int error, const std::string& file) {
  switch (error) {
    case ENOENT:
      return {"write it, or name another one with --config FILE",
              "sie anlegen oder mit --config DATEI eine andere angeben"};
    case EACCES:
      return {cat("let the user that runs pforte read it; `namei -l ", file, "` shows which folder forbids it"),
              cat("dem Benutzer, unter dem pforte läuft, das Lesen erlauben; `namei -l ", file,
                  "` zeigt, welcher Ordner es verbietet")};
    case EISDIR:
      return {"name the file in it", "die Datei darin angeben"};
    default:
      return {"", ""};
  }
}

}  // namespace

const Entry* Table::find(std::string_view key) const {
  auto entry = std::ranges::find(entries, key, &Entry::key);
  return entry == entries.end() ? nullptr : &*entry;
}

std::optional<Table> read_document(std::string_view text, const std::string& file, Problems& problems) {
  if (!is_bounded(text, file, problems)) return std::nullopt;

  std::string meant(text);
  for (int repairs = 0; repairs < kMostRepairs; ++repairs) {
    toml::parse_result parsed = toml::parse(meant);
    if (parsed) return to_table(parsed.table(), file);

    Place place = place_of(parsed.error().source().begin, file);
    Line line = find_line(meant, place.line);
    // The end of the file counts as a line of its own there; people see none.
    if (line.number < place.line) place = {file, line.number, static_cast<std::uint32_t>(line.end - line.begin + 1)};

    std::string_view wrong = std::string_view(meant).substr(line.begin, line.end - line.begin);
    Diagnosis diagnosis = diagnose(wrong, parsed.error().description());
    problems.error(place, "conf.syntax", std::move(diagnosis.what), std::move(diagnosis.remedy));
    if (!diagnosis.meant || *diagnosis.meant == wrong) return std::nullopt;
    meant.replace(line.begin, line.end - line.begin, *diagnosis.meant);
  }
  return std::nullopt;
}

std::optional<std::string> read_file(const std::string& file, Problems& problems) {
  std::string text;
  std::unique_ptr<std::FILE, CloseFile> opened(std::fopen(file.c_str(), "re"));
  if (opened) {
    // One more than is allowed, so that a file that is too large is seen to be.
    text.resize(kLargestText + 1);
    text.resize(std::fread(text.data(), 1, text.size(), opened.get()));
    if (std::ferror(opened.get()) == 0) return text;
  }
  int error = errno;
  problems.error({file, 0, 0}, "conf.unreadable", cause_of(error), remedy_for(error, file));
  return std::nullopt;
}

}  // namespace pforte::conf
