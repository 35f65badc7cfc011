#include "app/agent_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "app/csv.h"
#include "base/ascii.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::app {
namespace {

constexpr std::string_view kFileByteOrderMark = "\xef\xbb\xbf";
constexpr std::string_view kSeparatorsInCell = ";|,";

enum Column : std::uint8_t { Login, Name, Mail, Principals, Groups };
constexpr std::array<std::string_view, 5> kColumns = {"login", "name", "mail", "principals", "groups"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

char separator_in(std::string_view text) {
  return text.substr(0, text.find('\n')).contains(';') ? ';' : ',';
}

class AgentFile {
 public:
  AgentFile(std::string_view text, const std::string& file, conf::Problems& problems)
      : separator_(separator_in(text)), reader_(text, separator_), file_(file), problems_(problems) {}

  // False: there is nothing behind it that could be read.
  bool read_header();
  Result<> read_agents(const std::function<Result<>(std::uint32_t, const identity::Agent&)>& take);

 private:
  void take_heading(const std::string& cell);
  bool is_sound(const CsvRecord& record);
  identity::Agent agent_of(const CsvRecord& record) const;
  void wrong(std::uint32_t line, std::string_view code, Message what, Message remedy) {
    problems_.error({.file = file_, .line = line, .column = 0}, code, std::move(what), std::move(remedy));
  }

  char separator_;
  CsvReader reader_;
  const std::string& file_;
  conf::Problems& problems_;
  std::uint32_t header_line_ = 1;
  std::vector<std::optional<Column>> columns_;  // as they stand in the file
};

void AgentFile::take_heading(const std::string& cell) {
  std::string heading = lowered(trimmed(cell));
  auto known = std::ranges::find(kColumns, heading);
  columns_.emplace_back();
  if (known == kColumns.end()) {
    auto meant = conf::nearest(heading, kColumns);
    std::string shown = printable(cell);
    wrong(header_line_, "agent-file.header",
          {cat("unknown column \"", shown, '"'), cat("unbekannte Spalte \"", shown, '"')},
          meant ? Message{cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")}
                : Message{"known: login, name, mail, principals, groups",
                          "bekannt: login, name, mail, principals, groups"});
    return;
  }
  auto column = static_cast<Column>(known - kColumns.begin());
  if (std::ranges::find(columns_, std::optional(column)) != columns_.end()) {
    wrong(header_line_, "agent-file.header",
          {cat("the column ", *known, " stands there twice"), cat("die Spalte ", *known, " steht zweimal da")},
          {"leave one out", "eine davon weglassen"});
  }
  columns_.back() = column;
}

bool AgentFile::read_header() {
  CsvRecord header;
  bool begun = reader_.next(header);
  if (begun) header_line_ = header.line;
  if (begun && header.fault == CsvFault::None) {
    for (const std::string& cell : header.cells) take_heading(cell);
  }
  if (std::ranges::find(columns_, std::optional(Login)) != columns_.end()) return true;
  wrong(header_line_, "agent-file.header",
        {"the first line does not name the column login", "die erste Zeile nennt die Spalte login nicht"},
        {"begin the file with: login,name,mail,principals,groups",
         "die Datei beginnen mit: login,name,mail,principals,groups"});
  return false;
}

bool AgentFile::is_sound(const CsvRecord& record) {
  switch (record.fault) {
    case CsvFault::None:
      break;
    case CsvFault::NotClosed:
      wrong(record.line, "agent-file.quote",
            {"a quotation mark is not closed", "ein Anführungszeichen wird nicht geschlossen"},
            {"add the closing one", "das schließende ergänzen"});
      return false;
    case CsvFault::QuoteInside:
    case CsvFault::TextAfterQuote:
      wrong(record.line, "agent-file.quote",
            {"a quotation mark stands in the middle of a cell", "ein Anführungszeichen steht mitten in einer Zelle"},
            {"put the whole cell in quotation marks, and double those in it",
             "die ganze Zelle in Anführungszeichen setzen und die darin verdoppeln"});
      return false;
  }
  if (record.cells.size() != columns_.size()) {
    wrong(record.line, "agent-file.cells",
          {cat(record.cells.size(), " cells where the header has ", columns_.size()),
           cat(record.cells.size(), " Zellen, die Kopfzeile hat ", columns_.size())},
          {cat("a cell with a ", separator_, " in it stands in quotation marks"),
           cat("eine Zelle mit einem ", separator_, " darin steht in Anführungszeichen")});
    return false;
  }
  if (std::ranges::all_of(record.cells, is_printable)) return true;
  wrong(record.line, "agent-file.text", {"not UTF-8, or a control character", "kein UTF-8, oder ein Steuerzeichen"},
        {"save the file as CSV UTF-8, without line breaks in cells",
         "die Datei als CSV UTF-8 speichern, ohne Umbrüche in Zellen"});
  return false;
}

identity::Agent AgentFile::agent_of(const CsvRecord& record) const {
  identity::Agent agent;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i]) continue;
    std::string_view cell = trimmed(record.cells[i]);
    switch (*columns_[i]) {
      case Login:
        agent.login = cell;
        break;
      case Name:
        agent.name = cell;
        break;
      case Mail:
        agent.mail = cell;
        break;
      case Principals:
        agent.principals = split(cell, kSeparatorsInCell);
        break;
      case Groups:
        agent.groups = split(cell, kSeparatorsInCell);
        break;
    }
  }
  return agent;
}

Result<> AgentFile::read_agents(const std::function<Result<>(std::uint32_t, const identity::Agent&)>& take) {
  CsvRecord record;
  while (reader_.next(record)) {
    bool blank = record.fault == CsvFault::None &&
                 std::ranges::all_of(record.cells, [](std::string_view cell) { return trimmed(cell).empty(); });
    if (blank || !is_sound(record)) continue;
    TRY(take(record.line, agent_of(record)));
  }
  return {};
}

}  // namespace

Result<> each_agent_in(std::string_view text, const std::string& file, conf::Problems& problems,
                       const std::function<Result<>(std::uint32_t line, const identity::Agent& agent)>& take) {
  if (text.starts_with(kFileByteOrderMark)) text.remove_prefix(kFileByteOrderMark.size());
  AgentFile agents(text, file, problems);
  if (!agents.read_header()) return {};
  return agents.read_agents(take);
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t end = text.find_first_of(separators);
    std::string_view part = trimmed(text.substr(0, end));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

}  // namespace pforte::app
