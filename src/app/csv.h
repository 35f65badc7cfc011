#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pforte::app {

// What is wrong with the quotes of a record.
enum class CsvFault : std::uint8_t {
  None,
  QuoteInside,     // a quotation mark in a cell that does not begin with one
  TextAfterQuote,  // something between the closing quotation mark and the separator
  NotClosed,       // the text ends in a quoted cell
};

struct CsvRecord {
  std::uint32_t line = 0;  // where it begins, from 1
  CsvFault fault = CsvFault::None;
  std::vector<std::string> cells;  // at least one, if there is no fault
};

// Takes the records of a CSV text one by one. Lines end in CRLF or LF; empty ones are no records. After a fault it goes
// on with the next line. Source: RFC 4180, section 2.
class CsvReader {
 public:
  // The text must outlive the reader.
  CsvReader(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  // False at the end; then `record` is as it was.
  bool next(CsvRecord& record);

 private:
  enum class After : std::uint8_t { Cell, Record, Fault };

  After read_cell(CsvRecord& record);
  After read_quoted(CsvRecord& record);
  After end_cell();
  bool skip_line_end();
  After give_up(CsvRecord& record, CsvFault fault);

  std::string_view rest_;
  char separator_;
  std::uint32_t line_ = 1;
};

}  // namespace pforte::app
