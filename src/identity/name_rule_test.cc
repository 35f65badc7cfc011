#include "identity/name_rule.h"

#include <doctest/doctest.h>

#include <array>

#include "base/text.h"

namespace pforte::identity {
namespace {

NameRule read_rule(const std::string& text, conf::Problems& problems) {
  std::optional<conf::Table> document = conf::read_document(text, "a.toml", problems);
  REQUIRE(document);
  return read_name_rule_config(conf::Reader(*document, problems));
}

NameRule read_well(const std::string& text) {
  conf::Problems problems;
  NameRule rule = read_rule(text, problems);
  for (const conf::Problem& problem : problems.all()) FAIL_CHECK(problem.what.en);
  return rule;
}

TEST_CASE("a table gives the login of exactly the principals it has") {
  NameRule rule = read_well("[table]\n\"susan@B\" = \"susan.m\"\n\"s\\\\usi@B\" = \"susi\"\n\"x\\\\@y@B\" = \"x\"\n");
  CHECK(rule.login_for("susan@B") == "susan.m");
  CHECK(rule.login_for("susi@B") == "susi");
  CHECK(rule.login_for("x\\@y@B") == "x");
  for (std::string_view principal : {"Susan@B", "susan@b", "susan@", "susan@B ", "x@y@B", ""})
    CHECK(rule.login_for(principal) == std::nullopt);
}

TEST_CASE("a pattern has to match the whole principal, and its groups make the login") {
  NameRule rule = read_well("pattern = '([^@/]+)(/pc)?@(EXAMPLE\\.COM|A)'\nlogin = '\\1_b'\n");
  CHECK(rule.login_for("susan@EXAMPLE.COM") == "susan_b");
  CHECK(rule.login_for("susan/pc@A") == "susan_b");
  for (std::string_view principal :
       {"susan@EXAMPLE.COM.EVIL", "xsusan@EXAMPLExCOM", "susan/admin@A", "@A", "", "a@A\n"})
    CHECK(rule.login_for(principal) == std::nullopt);
  CHECK(read_well("pattern = '.*@A'\nlogin = 'guest'\n").login_for("susan@A") == "guest");
  CHECK(read_well("pattern = '.*@A'\nlogin = '\\0'\n").login_for("susan@A") == "susan@A");
}

TEST_CASE("a pattern never sees a name that needs escapes, and never gives an empty login") {
  NameRule rule = read_well("pattern = '(.*?)\\\\?@A.*'\nlogin = '\\1'\n");
  CHECK(rule.login_for("susan@A") == "susan");
  CHECK(rule.login_for("susan\\@A@EVIL") == std::nullopt);
  CHECK(rule.login_for("@A") == std::nullopt);
}

TEST_CASE("a pattern that takes others very long is matched in no time") {
  NameRule rule = read_well("pattern = '(a*)*b@A'\nlogin = '\\1'\n");
  CHECK(rule.login_for(std::string(50'000, 'a')) == std::nullopt);
}

TEST_CASE("what is wrong with a rule is said with its place, and it matches nothing") {
  struct Row {
    std::string_view text, code, what;
    std::uint32_t line, column;
  };
  constexpr std::array<Row, 10> kRows = {{
      {"pattern = '(.*@A'\nlogin = 'x'\n", "conf.map.pattern", "missing ): (.*@A", 1, 11},
      {"pattern = '(.*)@A'\nlogin = '\\2'\n", "conf.map.login", "which has 1 groups", 2, 9},
      {"pattern = '(.*)@A'\nlogin = '\\x'\n", "conf.map.login", "does not fit its pattern", 2, 9},
      {"pattern = '(.*)@A'\n", "conf.missing", "login", 1, 1},
      {"login = 'x'\n", "conf.missing", "pattern", 1, 1},
      {"", "conf.map.form", "either a table, or a pattern", 1, 1},
      {"pattern = 'x'\nlogin = 'x'\n[table]\n\"a@B\" = \"a\"\n", "conf.map.form", "either a table", 1, 1},
      {"[table]\nsusan = \"susan\"\n", "conf.map.principal", "no realm", 2, 1},
      {"[table]\n\"susan@A\" = \"a:b\"\n", "conf.map.login", "cannot be a login", 2, 13},
      {"[table]\n\"s\\\\usan@A\" = \"a\"\n\"susan@A\" = \"b\"\n", "conf.map.principal", "twice", 3, 1},
  }};
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    conf::Problems problems;
    NameRule rule = read_rule(std::string(row.text), problems);
    REQUIRE(problems.all().size() == 1);
    const conf::Problem& problem = problems.all().front();
    CHECK(problem.code == row.code);
    CHECK(problem.what.en.find(row.what) != std::string::npos);
    CHECK(!problem.what.de.empty());
    CHECK(!problem.remedy.de.empty());
    CHECK(problem.place.line == row.line);
    CHECK(problem.place.column == row.column);
    CHECK(rule.pattern == nullptr);
  }
}

TEST_CASE("a pattern that would take too much memory is refused") {
  conf::Problems problems;
  NameRule rule = read_rule("pattern = '((((x{100}){100}){10}))@A'\nlogin = 'x'\n", problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all().front().code == "conf.map.pattern");
  CHECK(rule.login_for("x@A") == std::nullopt);
}

}  // namespace
}  // namespace pforte::identity
