#include "kerberos/krb5_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace pforte::kerberos {
namespace {

constexpr std::string_view kBlanks = " \t\r\f\v";
// Nested blocks beyond this are no configuration.
constexpr std::size_t kMostDepth = 32;

std::string_view trimmed(std::string_view text) {
  std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

class Krb5Reader {
 public:
  explicit Krb5Reader(const std::string& file) { place_.file = file; }

  Krb5File read(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) {
      place_ = {place_.file, 1, 1};
      doubt({"the file begins with a byte order mark, so the library does not see its first section",
             "die Datei beginnt mit einer Byte-Reihenfolge-Marke; die Bibliothek sieht den ersten Abschnitt nicht"},
            {"save it as UTF-8 without a byte order mark", "als UTF-8 ohne BOM speichern"});
      text.remove_prefix(3);
      place_.line = 0;
    }
    while (!text.empty()) {
      std::size_t end = std::min(text.find('\n'), text.size());
      ++place_.line;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!groups_.empty()) {
      place_ = groups_.back().place;
      doubt({cat("the block of ", groups_.back().name, " is never closed"),
             cat("der Block von ", groups_.back().name, " wird nie geschlossen")},
            {"add a line with }", "eine Zeile mit } ergänzen"});
    }
    return std::move(result_);
  }

 private:
  struct Group {
    std::string name;
    conf::Place place;
  };

  void doubt(Message what, Message remedy) { result_.doubts.push_back({place_, std::move(what), std::move(remedy)}); }

  void read_line(std::string_view line) {
    std::string_view text = trimmed(line);
    place_.column = std::uint32_t(text.empty() ? 1 : text.data() - line.data() + 1);
    if (text.empty() || text.front() == '#' || text.front() == ';') return;
    if (read_directive(text)) return;
    if (std::exchange(wants_brace_, false)) {
      if (text.front() == '{') return;
      doubt({cat(groups_.back().name, " has no value, and no { follows"),
             cat(groups_.back().name, " hat keinen Wert, und es folgt keine {")},
            {"write the value behind the =", "den Wert hinter das = schreiben"});
      groups_.pop_back();
    }
    if (text.front() == '[') return read_section(text);
    if (text.front() == '}') return close_group();
    read_relation(text);
  }

  bool read_directive(std::string_view text) {
    for (std::string_view word : {"include", "includedir", "module"}) {
      if (!text.starts_with(word) || text.size() == word.size()) continue;
      if (kBlanks.find(text[word.size()]) == std::string_view::npos) continue;
      if (text.find('=') != std::string_view::npos) continue;
      if (word != "module") result_.includes.push_back({std::string(trimmed(text.substr(word.size()))), place_});
      return true;
    }
    return false;
  }

  void read_section(std::string_view text) {
    if (!groups_.empty()) {
      doubt({cat("a section begins inside the block of ", groups_.back().name),
             cat("ein Abschnitt beginnt innerhalb des Blocks von ", groups_.back().name)},
            {"close the block with } before it", "den Block davor mit } schließen"});
      groups_.clear();
    }
    std::size_t end = text.find(']');
    std::string_view rest = end == std::string_view::npos ? "" : trimmed(text.substr(end + 1));
    if (end == std::string_view::npos || (!rest.empty() && rest != "*")) {
      doubt({"the head of a section is not of the form [NAME]", "der Kopf eines Abschnitts hat nicht die Form [NAME]"},
            {"write it alone in its line: [realms]", "allein in die Zeile schreiben: [realms]"});
    }
    section_ = text.substr(1, std::min(end, text.size()) - 1);
  }

  void close_group() {
    if (!groups_.empty()) return groups_.pop_back();
    doubt({"} closes no block", "} schließt keinen Block"},
          {"remove it; the { of its block may stand in a line with something else",
           "entfernen; womöglich steht die { des Blocks mit anderem in einer Zeile"});
  }

  void read_relation(std::string_view text) {
    std::size_t equals = text.find('=');
    std::string_view name = trimmed(text.substr(0, std::min(equals, text.size())));
    bool one_word = name.find_first_of(" \t") == std::string_view::npos;
    if (equals == std::string_view::npos || name.empty() || !one_word) {
      doubt(
          {"the line is not of the form NAME = VALUE", "die Zeile hat nicht die Form NAME = WERT"},
          {"correct or remove it; a comment begins with #", "berichtigen oder entfernen; ein Kommentar beginnt mit #"});
      return;
    }
    if (section_.empty()) {
      doubt({cat(name, " stands before the first section, so it has no effect"),
             cat(name, " steht vor dem ersten Abschnitt und hat daher keine Wirkung")},
            {"write [libdefaults] or [realms] before it", "davor [libdefaults] oder [realms] schreiben"});
    }
    std::string_view value = trimmed(text.substr(equals + 1));
    if (name.ends_with('*')) name.remove_suffix(1);
    if (value.empty() || value == "{") return open_group(name, value.empty());
    doubt_value(name, value);
    add(name, value);
  }

  void open_group(std::string_view name, bool brace_follows) {
    if (groups_.size() == kMostDepth) return;
    groups_.push_back({std::string(name), place_});
    wants_brace_ = brace_follows;
    result_.blocks.push_back({path_of_groups(), place_});
  }

  void doubt_value(std::string_view name, std::string_view value) {
    if (value.front() == '{') {
      doubt({cat("something stands behind the { of ", name, ", so the block is not read as one"),
             cat("hinter der { von ", name, " steht noch etwas; der Block wird deshalb nicht als solcher gelesen")},
            {cat("write \"", name, " = {\", what belongs into it and \"}\" in lines of their own"),
             cat("\"", name, " = {\", den Inhalt und \"}\" in eigene Zeilen schreiben")});
    } else if (value.ends_with('}') && !groups_.empty()) {
      doubt({cat("the } belongs to the value of ", name, " and closes no block"),
             cat("die } gehört zum Wert von ", name, " und schließt keinen Block")},
            {"write it in a line of its own", "in eine eigene Zeile schreiben"});
    } else if (without_comment(value) != value) {
      doubt({cat("krb5.conf knows no comments behind a value: the one behind ", name, " is part of it"),
             cat("krb5.conf kennt keine Kommentare hinter einem Wert: Der hinter ", name, " gehört zu ihm")},
            {"put it on its own line", "ihn in eine eigene Zeile schreiben"});
    }
  }

  std::vector<std::string> path_of_groups() const {
    std::vector<std::string> path = {section_};
    for (const Group& group : groups_) path.push_back(group.name);
    return path;
  }

  void add(std::string_view name, std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    Krb5Relation relation{path_of_groups(), std::string(value), place_};
    relation.path.emplace_back(name);
    result_.relations.push_back(std::move(relation));
  }

  Krb5File result_;
  conf::Place place_;
  std::string section_;
  std::vector<Group> groups_;
  bool wants_brace_ = false;
};

}  // namespace

const Krb5Relation* Krb5File::find(std::initializer_list<std::string_view> path) const {
  auto found =
      std::ranges::find_if(relations, [&](const Krb5Relation& one) { return std::ranges::equal(one.path, path); });
  return found == relations.end() ? nullptr : &*found;
}

bool is_on(const Krb5File& file, std::string_view name, bool otherwise) {
  constexpr std::array<std::string_view, 6> kYes = {"y", "yes", "true", "t", "1", "on"};
  constexpr std::array<std::string_view, 6> kNo = {"n", "no", "false", "nil", "0", "off"};
  const Krb5Relation* relation = file.find({"libdefaults", name});
  if (!relation) return otherwise;
  std::string value = lowered(relation->value);
  if (std::ranges::find(kYes, value) != kYes.end()) return true;
  return std::ranges::find(kNo, value) == kNo.end() && otherwise;
}

std::string without_comment(std::string_view value) {
  bool quoted = value.starts_with('"');
  for (std::size_t at = 1; !quoted && at < value.size(); ++at) {
    bool begins = value[at] == '#' || value[at] == ';';
    if (begins && (value[at - 1] == ' ' || value[at - 1] == '\t')) return std::string(trimmed(value.substr(0, at)));
  }
  return std::string(value);
}

Krb5File read_krb5_file(std::string_view text, const std::string& file) {
  return Krb5Reader(file).read(text);
}

}  // namespace pforte::kerberos
