#include "conf/reader.h"

#include <doctest/doctest.h>

#include <array>

namespace pforte::conf {

using namespace std::chrono_literals;

TEST_CASE("a reader gives values, and the default where there is none") {
  Problems problems;
  std::optional<Table> table =
      read_document("t = \"x\"\nf = true\nn = 7\ns = \"1KiB\"\nb = 12\nd = \"2h\"\nc = \"two\"\n", "a.toml", problems);
  REQUIRE(table);
  Reader keys(*table, problems);
  constexpr std::array<std::string_view, 2> kNames = {"one", "two"};
  CHECK(keys.text("t")->value == "x");
  CHECK(keys.text("absent") == std::nullopt);
  CHECK(keys.flag_or("f", false));
  CHECK(keys.flag_or("absent", true));
  CHECK(keys.number_or("n", 1, {}) == 7);
  CHECK(keys.size_or("s", 1, {}) == 1024);
  CHECK(keys.size_or("b", 1, {}) == 12);
  CHECK(keys.duration_or("d", 1s, {}) == 2h);
  CHECK(keys.choice_or("c", 0, kNames) == 1);
  keys.end();
  CHECK(problems.all().empty());
}

TEST_CASE("a table whose keys are the administrator's own is read whole") {
  Problems problems;
  std::optional<Table> table = read_document("\"HTTP/b@R\" = \"b.keytab\"\na = 1\nc = \"x\"\n", "a.toml", problems);
  REQUIRE(table);
  Reader keys(*table, problems);
  std::vector<Reader::Named> named = keys.named_texts();
  REQUIRE(named.size() == 2);
  CHECK(named[0].name.value == "HTTP/b@R");
  CHECK(named[0].name.place.line == 1);
  CHECK(named[0].value.value == "b.keytab");
  CHECK(named[1].name.value == "c");
  keys.end();
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all()[0].code == "conf.type");
}

TEST_CASE("a misspelt key of a table without the one that was meant can be read again as it was meant") {
  Problems problems;
  std::optional<Table> document =
      read_document("[[b]]\nnaem = \"x\"\nnmae = \"y\"\n[[b]]\nname = \"z\"\nnaem = \"w\"\n", "a.toml", problems);
  REQUIRE(document);
  auto names = [&](std::vector<Slip>* slips) {
    std::string all;
    Reader keys(*document, problems, slips);
    for (Reader& block : keys.tables("b", Shape::List)) {
      all += block.required_text("name").value;
      block.end();
    }
    return all;
  };
  std::vector<Slip> slips;
  CHECK(names(&slips) == "z");
  REQUIRE(slips.size() == 1);
  CHECK(slips[0].meant == "name");
  CHECK(slips[0].problem.place.line == 2);
  read_as_meant(*document, slips);
  problems = {};
  CHECK(names(nullptr) == "xz");
  REQUIRE(problems.all().size() == 2);  // the second of the first block, and the one beside a name
  CHECK(problems.all()[0].place.line == 3);
  CHECK(problems.all()[1].place.line == 6);
}

TEST_CASE("what is wrong is collected, and the default stands in for it") {
  Problems problems;
  std::optional<Table> table = read_document(
      "t = 1\nf = \"true\"\nn = -1\ns = \"1KB\"\nd = 5\nc = \"tow\"\nl = [1]\nb = [2]\nx = 1\n", "a.toml", problems);
  REQUIRE(table);
  Reader keys(*table, problems);
  constexpr std::array<std::string_view, 2> kNames = {"one", "two"};
  CHECK(keys.text("t") == std::nullopt);
  CHECK(!keys.flag_or("f", false));
  CHECK(keys.number_or("n", 3, {}) == 3);
  CHECK(keys.size_or("s", 5, {}) == 5);
  CHECK(keys.duration_or("d", 1s, {}) == 1s);
  CHECK(keys.choice_or("c", 0, kNames) == 0);
  CHECK(keys.texts("l")->empty());
  CHECK(keys.tables("b", Shape::List).empty());
  keys.end();

  REQUIRE(problems.all().size() == 9);
  for (std::uint32_t i = 0; i < 9; ++i) CHECK(problems.all()[i].place.line == i + 1);
  CHECK(problems.all()[8].code == "conf.unknown-key");
}

TEST_CASE("blocks say their name as it stands in the file") {
  Problems problems;
  std::optional<Table> table =
      read_document("[[site]]\n[[site.rule]]\nx = 1\n[site.limits]\ny = 1\n", "a.toml", problems);
  REQUIRE(table);
  Reader document(*table, problems);
  Reader site = document.tables("site", Shape::List).at(0);
  site.tables("rule", Shape::List).at(0).end();
  site.table("limits")->end();
  site.end();
  REQUIRE(problems.all().size() == 2);
  CHECK(problems.all()[0].what.en == "unknown key x in [[site.rule]]");
  CHECK(problems.all()[1].what.en == "unknown key y in [site.limits]");
}

}  // namespace pforte::conf
