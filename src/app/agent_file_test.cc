#include "app/agent_file.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace pforte::app {
namespace {

using Texts = std::vector<std::string>;

struct Read {
  std::vector<identity::Agent> agents;
  std::vector<std::uint32_t> lines;
  conf::Problems problems;
};

Read read_table(std::string_view text) {
  Read read;
  Result<> done =
      each_agent_in(text, "agents.csv", read.problems, [&](std::uint32_t line, const identity::Agent& agent) {
        read.agents.push_back(agent);
        read.lines.push_back(line);
        return Result<>();
      });
  CHECK(done);
  return read;
}

}  // namespace

TEST_CASE("the header says in which order the columns stand and what separates them") {
  const std::string_view texts[] = {
      "login,name,mail,principals,groups\r\nsusan,Susan Öz,s@x.de,susan@A;susan@B,crm|sales\r\n",
      "\xef\xbb\xbfLogin;Name;Mail;Principals;Groups\r\nsusan;Susan Öz;s@x.de;susan@A,susan@B;\"crm;sales\"\r\n",
      "groups;login;principals;mail;name\nsales|crm; susan ;susan@A|susan@B;s@x.de;Susan Öz",
  };
  for (std::string_view text : texts) {
    CAPTURE(text);
    Read got = read_table(text);
    CHECK(!got.problems.has_errors());
    REQUIRE(got.agents.size() == 1);
    const identity::Agent& agent = got.agents[0];
    CHECK(agent.login == "susan");
    CHECK(agent.name == "Susan Öz");
    CHECK(agent.mail == "s@x.de");
    CHECK(agent.principals == Texts{"susan@A", "susan@B"});
    CHECK(agent.groups.size() == 2);
  }
}

TEST_CASE("columns other than login may be missing, and lines without anything are passed over") {
  Read got = read_table("login;groups\nsusan;crm\n;\n \ntom;\n");
  CHECK(got.lines == std::vector<std::uint32_t>{2, 5});
  CHECK(got.agents[1].login == "tom");
  CHECK(got.agents[1].groups.empty());
}

TEST_CASE("every bad line is told with its place, and the good ones are read") {
  Read got = read_table(
      "login,name\n"
      "susan,\"Susan\n"
      "Öz\"\n"
      "tom,Tom,\n"
      "kim,\"Kim\"x\n"
      "lee,L\xfc\x62ke\n"
      "ann,Ann\n"
      "eve,\"Eve\n");
  CHECK(got.agents.size() == 1);
  std::vector<conf::Problem> problems = got.problems.in_order();
  struct Row {
    std::uint32_t line;
    std::string_view code, what;
  };
  const Row rows[] = {
      {2, "agent-file.text", "control character"}, {4, "agent-file.cells", "3 cells where the header has 2"},
      {5, "agent-file.quote", "middle of a cell"}, {6, "agent-file.text", "not UTF-8"},
      {8, "agent-file.quote", "not closed"},
  };
  REQUIRE(problems.size() == std::size(rows));
  for (std::size_t i = 0; i < problems.size(); ++i) {
    CAPTURE(rows[i].line);
    CHECK(problems[i].place == conf::Place{"agents.csv", rows[i].line, 0});
    CHECK(problems[i].code == rows[i].code);
    CHECK(problems[i].what.en.contains(rows[i].what));
    CHECK(!problems[i].what.de.empty());
    CHECK(!problems[i].remedy.de.empty());
  }
}

TEST_CASE("a header that cannot be understood says what was probably meant") {
  struct Row {
    std::string_view text, what, remedy;
  };
  const Row rows[] = {
      {"", "the first line does not name the column login", "begin the file with"},
      {"susan,Susan\n", "unknown column \"susan\"", "known: login"},
      {"login,nmae\n", "unknown column \"nmae\"", "did you mean name?"},
      {"login,login\n", "the column login stands there twice", "leave one out"},
      {"\"login,name\nsusan,Susan\n", "the first line does not name the column login", "begin the file with"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    Read got = read_table(row.text);
    REQUIRE(got.problems.has_errors());
    CHECK(got.problems.all()[0].place.line == 1);
    CHECK(got.problems.all()[0].what.en == row.what);
    CHECK(got.problems.all()[0].remedy.en.contains(row.remedy));
    CHECK(got.agents.empty());
  }
}

TEST_CASE("a failure of who takes the agents ends the reading") {
  conf::Problems problems;
  int taken = 0;
  Result<> done = each_agent_in("login\na\nb\n", "f", problems, [&](std::uint32_t, const identity::Agent&) -> Result<> {
    ++taken;
    return fail(Kind::Unavailable, "store.unusable", "full");
  });
  REQUIRE(!done);
  CHECK(done.error().code() == "store.unusable");
  CHECK(taken == 1);
}

}  // namespace pforte::app
