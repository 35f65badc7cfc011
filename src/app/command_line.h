#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_table.h"
#include "base/message.h"

namespace pforte::app {

enum class Color : std::uint8_t { Auto, Always, Never };

// What somebody typed behind `pforte`.
struct CommandLine {
  // An option of the command, not one of those that all have.
  struct Option {
    std::string_view name;  // of the table, "--mail"
    std::string value;
  };

  // None only with --help or --version.
  Command command = Command::None;

  // With --help and no command: the group it is asked of, as the table has it, or empty.
  std::string_view group;

  // At most one, and one where the command needs it, unless help is set.
  std::string operand;
  std::string second_operand;              // likewise
  std::vector<std::string> more_operands;  // behind the first, where it may repeat
  std::vector<Option> options;             // in their order; several of a name only where it repeats

  // --config. None: see config_file().
  std::optional<std::string> config;

  bool json = false;
  bool help = false;
  bool version = false;
  Language language = Language::English;
  Color color = Color::Auto;

  bool has(std::string_view option) const;
  std::optional<std::string> value_of(std::string_view option) const;
  std::vector<std::string> values_of(std::string_view option) const;
};

// What of the environment matters to the command line. Empty where a variable is not set.
struct Environment {
  std::string lc_all;
  std::string lc_messages;
  std::string lang;
  std::string no_color;
};

// Asks the process for it. Before there are threads.
Environment read_environment();

// Something that is not an invocation of pforte: exit status 2.
struct UsageError {
  Language language = Language::English;
  Message what;
  Message remedy;
};

// Reads the arguments behind the program's name, as commands and options stand in the table. Options may stand before
// or after the command, as "--config FILE" or "--config=FILE"; behind "--" nothing is one. The first thing that is
// wrong is the one that is told.
std::expected<CommandLine, UsageError> read_command_line(std::span<const char* const> arguments,
                                                         const Environment& environment);

// "pforte: error: unknown command chekc" and its remedy, in its language, two lines.
std::string to_text(const UsageError& error);

// That of the installed service.
inline constexpr const char* kInstalledConfig = "/etc/pforte/pforte.toml";

// The file --config names, else /etc/pforte/pforte.toml, else ./pforte.toml if only that exists.
std::string config_file(const CommandLine& line);

// Whether to write in colour to an output that is a terminal or not.
bool use_color(Color color, bool is_terminal);

}  // namespace pforte::app
