#include "app/csv.h"

#include <algorithm>
#include <utility>

namespace pforte::app {

// CRLF or LF; true if one was there.
bool CsvReader::skip_line_end() {
  std::size_t size = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
  rest_.remove_prefix(size);
  if (size > 0) ++line_;
  return size > 0;
}

CsvReader::After CsvReader::give_up(CsvRecord& record, CsvFault fault) {
  record.fault = fault;
  rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
  skip_line_end();
  return After::Fault;
}

// Behind a cell stands a separator, the end of the line or the end of the text; the caller has seen to it.
CsvReader::After CsvReader::end_cell() {
  if (!rest_.starts_with(separator_)) {
    skip_line_end();
    return After::Record;
  }
  rest_.remove_prefix(1);
  return After::Cell;
}

CsvReader::After CsvReader::read_quoted(CsvRecord& record) {
  std::string& cell = record.cells.emplace_back();
  rest_.remove_prefix(1);
  for (;;) {
    std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) return give_up(record, CsvFault::NotClosed);
    std::string_view part = rest_.substr(0, quote);
    cell += part;
    line_ += std::uint32_t(std::ranges::count(part, '\n'));
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    cell += '"';
    rest_.remove_prefix(1);
  }
  bool ended = rest_.empty() || rest_.starts_with(separator_) || rest_.starts_with('\n') || rest_.starts_with("\r\n");
  return ended ? end_cell() : give_up(record, CsvFault::TextAfterQuote);
}

CsvReader::After CsvReader::read_cell(CsvRecord& record) {
  if (rest_.starts_with('"')) return read_quoted(record);
  std::size_t end = 0;
  while (end < rest_.size() && rest_[end] != separator_ && rest_[end] != '\n' &&
         !rest_.substr(end).starts_with("\r\n")) {
    if (rest_[end] == '"') return give_up(record, CsvFault::QuoteInside);
    ++end;
  }
  record.cells.emplace_back(rest_.substr(0, end));
  rest_.remove_prefix(end);
  return end_cell();
}

bool CsvReader::next(CsvRecord& record) {
  while (skip_line_end()) {
  }
  if (rest_.empty()) return false;
  record.line = line_;
  record.fault = CsvFault::None;
  record.cells.clear();
  while (read_cell(record) == After::Cell) {
  }
  return true;
}

}  // namespace pforte::app
