#include "conf/document.h"

#include <doctest/doctest.h>

namespace pforte::conf {
namespace {

struct Outcome {
  std::optional<Table> table;
  Problems problems;
};

Outcome read(std::string_view text) {
  Outcome outcome;
  outcome.table = read_document(text, "a.toml", outcome.problems);
  return outcome;
}

}  // namespace

TEST_CASE("keys and values know where they stand, in characters") {
  Outcome outcome = read("# ü\n  name = \"ä\"\n[block]\nlist = [1,\n  'two']\n");
  REQUIRE(outcome.table);
  CHECK(outcome.problems.all().empty());

  const Entry* name = outcome.table->find("name");
  REQUIRE(name != nullptr);
  CHECK(name->place == Place{"a.toml", 2, 3});
  CHECK(name->value.place == Place{"a.toml", 2, 10});
  CHECK(std::get<std::string>(name->value.is) == "ä");

  const Table& block = std::get<Table>(outcome.table->find("block")->value.is);
  const auto& list = std::get<Value::List>(block.find("list")->value.is);
  CHECK(std::get<std::int64_t>(list[0].is) == 1);
  CHECK(list[1].place == Place{"a.toml", 5, 3});
  CHECK(outcome.table->find("list") == nullptr);
}

TEST_CASE("a slip whose meaning is plain is an error, and is read as it was meant") {
  struct Row {
    std::string_view text, meant;
  };
  const Row rows[] = {
      {"a = 0.0.0.0:443", "0.0.0.0:443"}, {"a = [::]:443", "[::]:443"}, {"a: \"x\"", "x"}, {"a = “x”", "x"},
      {"a = /etc/x # why", "/etc/x"},     {"\ta = 5s", "5s"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Outcome outcome = read(row.text);
    CHECK(outcome.problems.all().size() == 1);
    CHECK(outcome.problems.has_errors());
    REQUIRE(outcome.table);
    CHECK(std::get<std::string>(outcome.table->find("a")->value.is) == row.meant);
  }
}

TEST_CASE("every slip is found in one run") {
  Outcome outcome = read("a = x\nb = yes\nc: 1\nd = „x“\n");
  CHECK(outcome.problems.all().size() == 4);
  REQUIRE(outcome.table);
  CHECK(outcome.table->entries.size() == 4);
}

TEST_CASE("what cannot be understood is reported where it stands, and nothing is read") {
  struct Row {
    std::string_view text;
    std::uint32_t line;
  };
  const Row rows[] = {
      {"a = \"x\nb = 1\n", 1},
      {"a = [1,\n2\n3]\n", 3},
      {"a = [", 1},
      {"a = [\n", 1},
      {"[[x]\n", 1},
      {"\n[größe]\n", 2},
      {"[[$]]", 1},
      {"[x] ü\n", 1},
      {"[\x7f\n", 1},
      {"a = 1\na = 2", 2},
      {"\n\n\x01", 3},
      {"a = \"\xff\"", 1},
      {"a = 1\rb = 2", 1},
      {"=", 1},
      {"a =", 1},
      {"a = 99999999999999999999", 1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Outcome outcome = read(row.text);
    REQUIRE(!outcome.problems.all().empty());
    CHECK(outcome.problems.all().back().place.line == row.line);
    CHECK(outcome.problems.has_errors());
  }
}

TEST_CASE("a list that is not closed is told where it begins, not where something else does") {
  struct Row {
    std::string_view text;
    std::uint32_t line, column;
  };
  const Row rows[] = {
      {"a = 1\nallow = [\"/ä\", \"/b\"\nbackend = \"crm\"\n", 2, 9},
      {"allow = [\"/a\",\nbackend = \"crm\"\n", 1, 9},
      {"allow = [\n  \"/a\",\n  \"/b\"\n\n[[site]]\n", 1, 9},
      {"allow = [ # all\n\"HTTP/a@R\" = \"a.keytab\"\n", 1, 9},
      {"[log]\na = [[1, 2], [3\n[limits]\n", 2, 14},
      {"allow = [\"/a\"\n", 1, 9},
      {"allow = [\"/a\",\n\"/b\"", 1, 9},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Outcome outcome = read(row.text);
    REQUIRE(outcome.problems.all().size() == 1);
    const Problem& problem = outcome.problems.all().front();
    CHECK(problem.place == Place{"a.toml", row.line, row.column});
    CHECK(problem.what.en.starts_with("this list is not closed"));
    CHECK(problem.remedy.de == "sie mit ] abschließen");
  }
  CHECK(read("allow = [1\nb = 2\n").problems.all().front().what.en ==
        "this list is not closed, and in line 2 something else begins");
}

TEST_CASE("an item without a comma is told where it stands") {
  for (std::string_view text : {"a = [\n\"x\"\n\"y\"\n]\n", "a = [\n[1]\n[2]\n]\n", "a = [\n1\n2\n]\n"}) {
    CAPTURE(text);
    Outcome outcome = read(text);
    CHECK(outcome.problems.all().front().place.line == 3);
    CHECK(outcome.problems.all().front().what.en.contains("without a comma"));
  }
}

TEST_CASE("what is no configuration is refused before it costs anything") {
  CHECK(read(std::string(2 << 20, '\n')).problems.all().at(0).code == "conf.too-large");
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a.";
  CHECK(read("\n" + deep + "a = 1").problems.all().at(0).place.line == 2);
}

TEST_CASE("a byte order mark and carriage returns do no harm") {
  Outcome outcome = read(
      "\xef\xbb\xbf"
      "a = 1\r\nb = 2\r\n");
  REQUIRE(outcome.table);
  CHECK(outcome.table->find("b")->place == Place{"a.toml", 2, 1});
}

}  // namespace pforte::conf
