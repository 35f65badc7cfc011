#include "app/csv.h"

#include <doctest/doctest.h>

namespace pforte::app {
namespace {

using Cells = std::vector<std::string>;

std::vector<CsvRecord> records_of(std::string_view text, char separator = ',') {
  CsvReader reader(text, separator);
  std::vector<CsvRecord> records;
  for (CsvRecord record; reader.next(record);) records.push_back(record);
  return records;
}

}  // namespace

TEST_CASE("cells are read as RFC 4180 has them") {
  struct Row {
    std::string_view text;
    Cells cells;
  };
  const Row rows[] = {
      {"aaa,bbb,ccc\r\n", {"aaa", "bbb", "ccc"}},
      {"aaa,bbb,ccc", {"aaa", "bbb", "ccc"}},
      {"a a, b ,", {"a a", " b ", ""}},
      {"\"aaa\",\"b\r\nbb\",\"c,c\"\n", {"aaa", "b\r\nbb", "c,c"}},
      {"\"b\"\"b\"", {"b\"b"}},
      {"\"\"", {""}},
      {",", {"", ""}},
      {"a\rb,c", {"a\rb", "c"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto records = records_of(row.text);
    REQUIRE(records.size() == 1);
    CHECK(records[0].fault == CsvFault::None);
    CHECK(records[0].cells == row.cells);
  }
}

TEST_CASE("a record knows the line on which it begins, and empty lines are none") {
  auto records = records_of("a\r\n\r\n\"b\nb\",c\n\nd\n");
  REQUIRE(records.size() == 3);
  CHECK(records[0].line == 1);
  CHECK(records[1].line == 3);
  CHECK(records[2].line == 6);
}

TEST_CASE("another separator leaves the comma to the cells") {
  auto records = records_of("a,b;\"c;d\"", ';');
  REQUIRE(records.size() == 1);
  CHECK(records[0].cells == Cells{"a,b", "c;d"});
}

TEST_CASE("a fault of the quotes ends its line and not the text") {
  struct Row {
    std::string_view text;
    CsvFault fault;
    std::uint32_t line;
  };
  const Row rows[] = {
      {"a\"b,c\r\nok", CsvFault::QuoteInside, 1},
      {"a,\"b\"c,d\nok", CsvFault::TextAfterQuote, 1},
      {"a,\"b\n\n\"c,d\nok", CsvFault::TextAfterQuote, 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto records = records_of(row.text);
    REQUIRE(records.size() == 2);
    CHECK(records[0].fault == row.fault);
    CHECK(records[0].line == row.line);
    CHECK(records[1].cells == Cells{"ok"});
  }
  auto open = records_of("ok\na,\"b\nc\n");
  REQUIRE(open.size() == 3);
  CHECK(open[1].fault == CsvFault::NotClosed);
  CHECK(open[1].line == 2);
  CHECK(open[2].cells == Cells{"c"});
}

}  // namespace pforte::app
