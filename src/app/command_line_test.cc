#include "app/command_line.h"

#include <doctest/doctest.h>

#include <vector>

namespace pforte::app {
namespace {

std::expected<CommandLine, UsageError> read(std::vector<const char*> arguments, const Environment& environment = {}) {
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
    auto line = read(row);
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
      {{"serve", "--config"}, "--config needs a value", "--config VALUE"},
      {{"serve", "check"}, "check is one word too many", "one command"},
      {{"serve", "--json=yes"}, "--json takes no value", "write --json"},
      {{"serve", "--color", "red"}, "--color is auto, always or never", ""},
      {{"serve", "--lang=fr"}, "--lang is de or en", ""},
      {{"doctor"}, "this version has no command doctor", "it has: serve"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    auto line = read(row.arguments);
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
    auto line = read(row.arguments, row.environment);
    REQUIRE(line);
    CHECK(line->language == row.language);
  }
  auto wrong = read({"srve", "--lang", "de"});
  REQUIRE(!wrong);
  CHECK(to_text(wrong.error()) == "pforte: unbekannter Befehl srve\nHilfe: ist serve gemeint?\n");
}

TEST_CASE("NO_COLOR is heeded unless --color says otherwise") {
  Environment no_color{.lc_all = {}, .lc_messages = {}, .lang = {}, .no_color = "1"};
  CHECK(!use_color(read({"check"}, no_color)->color, true));
  CHECK(use_color(read({"check", "--color=always"}, no_color)->color, false));
  CHECK(use_color(read({"check"})->color, true));
  CHECK(!use_color(read({"check"})->color, false));
}

TEST_CASE("help needs no command, and every command has its own in both languages") {
  CHECK(read({"--help"})->help);
  CHECK(read({"help", "serve"})->command == Command::Serve);
  for (Command command :
       {Command::None, Command::Serve, Command::Check, Command::Status, Command::Reload, Command::Demo}) {
    CHECK(!help_text(command, Language::English).empty());
    CHECK(help_text(command, Language::English) != help_text(command, Language::German));
  }
}

}  // namespace pforte::app
