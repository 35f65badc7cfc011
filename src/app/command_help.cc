#include "app/command_help.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/text_table.h"
#include "base/text.h"

namespace pforte::app {
namespace {

// What is named, and what it is.
using Entries = std::vector<std::pair<std::string, std::string_view>>;

std::string columns(const Entries& entries) {
  std::size_t width = 0;
  for (const auto& [name, _] : entries) width = std::max(width, columns_of(name));
  std::string text;
  for (const auto& [name, tells] : entries)
    text += cat("  ", name, std::string(width - columns_of(name) + 2, ' '), tells, '\n');
  return text;
}

std::string options_text(std::span<const OptionSpec> options, Language language) {
  Entries entries;
  for (const OptionSpec& option : options) {
    std::string_view value = option.value.in(language);
    entries.emplace_back(cat(option.name, value.empty() ? "" : " ", value), option.tells.in(language));
  }
  return columns(entries);
}

// "add LOGIN".
std::string with_operand(std::string_view name, const CommandSpec& command, Language language) {
  auto shown = [&](const Phrase& operand, bool needed) {
    std::string_view word = operand.in(language);
    if (word.empty()) return std::string();
    std::string_view more = command.operand_repeats ? "..." : "";
    return needed ? cat(' ', word, more) : cat(" [", word, more, ']');
  };
  return cat(name, shown(command.operand, command.needs_operand), shown(command.second_operand, command.needs_second));
}

std::string overview(Language language) {
  bool german = language == Language::German;
  Entries commands;
  for (const CommandSpec& command : command_specs()) {
    if (command.group.empty()) commands.emplace_back(command.word, command.summary.in(language));
  }
  for (const GroupSpec& group : group_specs()) {
    commands.emplace_back(cat(group.word, " ..."), group.summary.in(language));
  }
  return cat(
      german ? "Aufruf: pforte BEFEHL [OPTIONEN]\n\nBefehle:\n" : "Usage: pforte COMMAND [OPTIONS]\n\nCommands:\n",
      columns(commands),
      german ? "\n`pforte BEFEHL --help` sagt mehr, auch über die mit drei Punkten."
             : "\n`pforte COMMAND --help` tells more, also of those with three dots.",
      german ? "\n\nOptionen, vor oder nach dem Befehl:\n" : "\n\nOptions, before or after the command:\n",
      options_text(global_options(), language),
      german ? "\nRückgabewert: 0 erledigt, es stimmt; 1 geprüft, und etwas stimmt nicht;\n"
               "2 Aufruf oder unlesbare Eingabe; 3 das System hat abgelehnt.\n"
             : "\nExit status: 0 done, it holds; 1 checked, and something does not hold;\n"
               "2 usage or unreadable input; 3 the system refused.\n");
}

std::string group_text(std::string_view group, Language language) {
  bool german = language == Language::German;
  Entries commands;
  for (const CommandSpec& command : command_specs()) {
    if (command.group == group)
      commands.emplace_back(with_operand(command.word, command, language), command.summary.in(language));
  }
  return cat(german ? "Aufruf: pforte " : "Usage: pforte ", group,
             german ? " BEFEHL [OPTIONEN]\n\nBefehle:\n" : " COMMAND [OPTIONS]\n\nCommands:\n", columns(commands),
             "\n`pforte ", group, german ? " BEFEHL --help` sagt mehr.\n" : " COMMAND --help` tells more.\n");
}

std::string command_text(const CommandSpec& command, Language language) {
  bool german = language == Language::German;
  std::string text = cat(german ? "Aufruf: pforte " : "Usage: pforte ", with_operand(command.name(), command, language),
                         german ? " [OPTIONEN]\n\n" : " [OPTIONS]\n\n", command.name(), ": ",
                         command.summary.in(language), ".\n", command.more.in(language));
  if (!command.options.empty())
    text += cat(german ? "\nOptionen:\n" : "\nOptions:\n", options_text(command.options, language));
  return cat(text, german ? "\nOptionen aller Befehle:\n" : "\nOptions of every command:\n",
             options_text(global_options(), language));
}

}  // namespace

std::string help_text(const CommandLine& line) {
  if (line.command != Command::None) return command_text(spec_of(line.command), line.language);
  if (!line.group.empty()) return group_text(line.group, line.language);
  return overview(line.language);
}

}  // namespace pforte::app
