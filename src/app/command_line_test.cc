#include "app/command_line.h"

#include <doctest/doctest.h>

#include <map>
#include <vector>

#include "app/command_help.h"
#include "base/text.h"

namespace pforte::app {
namespace {

std::expected<CommandLine, UsageError> read_line(std::vector<const char*> arguments,
                                                 const Environment& environment = {}) {
  return read_command_line(arguments, environment);
}

}  // namespace

TEST_CASE("options stand before or after the command, with a space or an equals sign") {
  const std::vector<const char*> rows[] = {
      {"check", "--config", "a.toml", "--json"},
      {"--json", "--config", "a.toml", "check"},
      {"--config=a.toml", "check", "--json"},
  };
  for (const auto& row : rows) {
    auto line = read_line(row);
    REQUIRE(line);
    CHECK(line->command == Command::Check);
    CHECK(line->config == "a.toml");
    CHECK(line->json);
    CHECK(config_file(*line) == "a.toml");
  }
}

TEST_CASE("what is no invocation says what was probably meant") {
  struct Row {
    std::vector<const char*> arguments;
    std::string_view what, remedy;
  };
  const Row rows[] = {
      {{}, "a command is missing", "one of: serve"},
      {{"chekc"}, "unknown command chekc", "did you mean check?"},
      {{"frobnicate"}, "unknown command frobnicate", "known: serve"},
      {{"serve", "--confg", "x"}, "unknown option --confg", "did you mean --config?"},
      {{"serve", "--config"}, "--config needs a value", "--config FILE"},
      {{"serve", "check"}, "check is one word too many", "one command"},
      {{"serve", "--json=yes"}, "--json takes no value", "write --json"},
      {{"serve", "--color", "red"}, "--color is auto, always or never", "write --color auto|always|never"},
      {{"serve", "--lang=fr"}, "--lang is de or en", "write --lang de|en"},
      {{"trace"}, "this version has no command trace", "it has: serve"},
      {{"agent"}, "a command is missing", "one of: add, list"},
      {{"agent", "ad"}, "unknown command agent ad", "did you mean add?"},
      {{"agent", "frobnicate", "x"}, "unknown command agent frobnicate", "pforte agent --help"},
      {{"agent", "show"}, "LOGIN is missing", "pforte agent show LOGIN"},
      {{"backend", "drain"}, "NAME is missing", "pforte backend drain NAME [URL]"},
      {{"agent", "show", "a", "b"}, "b is one word too many", "pforte agent show LOGIN"},
      {{"agent", "add", "a", "--nam", "b"}, "unknown option --nam", "did you mean --name?"},
      {{"--nam", "b", "agent", "add", "a"}, "unknown option --nam", "did you mean --name?"},
      {{"agent", "list", "--name", "b"}, "pforte agent list has no option --name", "pforte agent list --help"},
      {{"agent", "add", "a", "--name", "b", "--name=c"}, "--name is given twice", "once"},
      {{"agent", "add", "a", "--name"}, "--name needs a value", "--name NAME"},
      {{"session", "end", "--all=yes"}, "--all takes no value", "write --all"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    auto line = read_line(row.arguments);
    REQUIRE(!line);
    CHECK(line.error().what.en == row.what);
    CHECK(line.error().remedy.en.contains(row.remedy));
  }
}

TEST_CASE("the language comes from --lang, else from the first locale variable that is set") {
  struct Row {
    Environment environment;
    std::vector<const char*> arguments;
    Language language;
  };
  const Row rows[] = {
      {{}, {"serve"}, Language::English},
      {{.lc_all = {}, .lc_messages = {}, .lang = "de_DE.UTF-8", .no_color = {}}, {"serve"}, Language::German},
      {{.lc_all = "C", .lc_messages = {}, .lang = "de_DE.UTF-8", .no_color = {}}, {"serve"}, Language::English},
      {{.lc_all = {}, .lc_messages = "de", .lang = "en_GB", .no_color = {}}, {"serve"}, Language::German},
      {{.lc_all = "de_AT", .lc_messages = {}, .lang = {}, .no_color = {}}, {"serve", "--lang=en"}, Language::English},
  };
  for (const Row& row : rows) {
    auto line = read_line(row.arguments, row.environment);
    REQUIRE(line);
    CHECK(line->language == row.language);
  }
  auto wrong = read_line({"srve", "--lang", "de"});
  REQUIRE(!wrong);
  CHECK(to_text(wrong.error()) == "pforte: Fehler: unbekannter Befehl srve\nHilfe: ist serve gemeint?\n");
}

TEST_CASE("NO_COLOR is heeded unless --color says otherwise") {
  Environment no_color{.lc_all = {}, .lc_messages = {}, .lang = {}, .no_color = "1"};
  CHECK(!use_color(read_line({"check"}, no_color)->color, true));
  CHECK(use_color(read_line({"check", "--color=always"}, no_color)->color, false));
  CHECK(use_color(read_line({"check"})->color, true));
  CHECK(!use_color(read_line({"check"})->color, false));
}

TEST_CASE("a command of two words has an operand and options of its own, in any order") {
  const std::vector<const char*> rows[] = {
      {"agent", "add", "susan", "--principal", "susan@A", "--json", "--principal=susan@B", "--name", "Susan Öz"},
      {"--principal", "susan@A", "agent", "--name", "Susan Öz", "add", "--principal", "susan@B", "susan", "--json"},
  };
  for (const auto& row : rows) {
    auto line = read_line(row);
    REQUIRE(line);
    CHECK(line->command == Command::AgentAdd);
    CHECK(line->operand == "susan");
    CHECK(line->values_of("--principal") == std::vector<std::string>{"susan@A", "susan@B"});
    CHECK(line->value_of("--name") == "Susan Öz");
    CHECK(!line->has("--mail"));
    CHECK(line->json);
  }
}

TEST_CASE("behind two hyphens nothing is an option, and one alone is a word") {
  auto line = read_line({"agent", "show", "--", "--help"});
  REQUIRE(line);
  CHECK(line->operand == "--help");
  CHECK(!line->help);
  CHECK(read_line({"agent", "import", "-"})->operand == "-");
}

TEST_CASE("the id of a session may begin with a hyphen") {
  CHECK(read_line({"session", "end", "-_3456789012345678901a"})->operand == "-_3456789012345678901a");
  CHECK(read_line({"session", "end", "--345678901234567890ab"})->operand == "--345678901234567890ab");
  CHECK(!read_line({"session", "end", "--al"}));
  CHECK(!read_line({"session", "end", "--345678901234567890ab", "--345678901234567890ac"}));
}

TEST_CASE("an operand that may be left out is left out") {
  CHECK(read_line({"session", "end", "--all"})->operand.empty());
  CHECK(read_line({"session", "end", "abc"})->operand == "abc");
}

TEST_CASE("an option takes a value with all commands or with none") {
  std::map<std::string_view, bool> takes_value;
  for (const CommandSpec& command : command_specs()) {
    for (const OptionSpec& option : command.options) {
      CAPTURE(option.name);
      CHECK(takes_value.emplace(option.name, option.takes_value()).first->second == option.takes_value());
    }
  }
}

TEST_CASE("help needs no command, and every command and group has its own in both languages") {
  auto help = [](std::vector<const char*> arguments, const char* language) {
    arguments.insert(arguments.end(), {"--help", "--lang", language});
    return help_text(read_line(arguments).value());
  };
  CHECK(help({}, "en").contains("agent ..."));
  CHECK(help({}, "en") != help({}, "de"));
  CHECK(help({"agent"}, "de").contains("Aufruf: pforte agent BEFEHL"));
  CHECK(read_line({"help", "serve"})->command == Command::Serve);
  CHECK(read_line({"help", "agent", "add"})->command == Command::AgentAdd);
  CHECK(help({"agent", "add"}, "en").contains("--mail ADDRESS"));
  for (const CommandSpec& command : command_specs()) {
    CAPTURE(command.name());
    std::string name = command.name();
    CommandLine line;
    line.command = command.command;
    std::string english = help_text(line);
    line.language = Language::German;
    CHECK(english.contains(cat("pforte ", name)));
    CHECK(english != help_text(line));
    CHECK(spec_of(command.command).name() == name);
  }
}

}  // namespace pforte::app
