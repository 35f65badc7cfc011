#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/message.h"

namespace pforte::app {

enum class Command : std::uint8_t { None, Serve, Check, Status, Reload, Demo };

enum class Color : std::uint8_t { Auto, Always, Never };

// What somebody typed behind `pforte`.
struct CommandLine {
  // None only with --help or --version.
  Command command = Command::None;

  // --config. None: see config_file().
  std::optional<std::string> config;

  bool json = false;
  bool help = false;
  bool version = false;
  Language language = Language::English;
  Color color = Color::Auto;
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

// Reads the arguments behind the program's name. Options may stand before or after the command, as "--config FILE"
// or "--config=FILE".
std::expected<CommandLine, UsageError> read_command_line(std::span<const char* const> arguments,
                                                         const Environment& environment);

// "pforte: unknown command chekc" and its remedy, in its language, two lines.
std::string to_text(const UsageError& error);

// The file --config names, else /etc/pforte/pforte.toml, else ./pforte.toml if only that exists.
std::string config_file(const CommandLine& line);

// Whether to write in colour to an output that is a terminal or not.
bool use_color(Color color, bool is_terminal);

// What --help prints: about the command, or about all if it is None.
std::string help_text(Command command, Language language);

}  // namespace pforte::app
