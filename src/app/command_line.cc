#include "app/command_line.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::app {
namespace {

constexpr const char* kInstalledConfig = "/etc/pforte/pforte.toml";
constexpr const char* kLocalConfig = "./pforte.toml";

// In the order of Command, which begins with None.
constexpr std::array<std::string_view, 5> kCommands = {"serve", "check", "status", "reload", "demo"};

// Of the handbook, but not in this version.
constexpr std::array<std::string_view, 11> kLaterCommands = {
    "doctor", "cert", "trust", "keytab", "agent", "service", "session", "explain", "trace", "capture", "import"};

constexpr std::array<std::string_view, 6> kOptions = {"--config", "--json", "--lang", "--color", "--version", "--help"};

bool is_german(std::string_view locale) {
  return locale == "de" || locale.starts_with("de_") || locale.starts_with("de-") || locale.starts_with("de.");
}

// The first of LC_ALL, LC_MESSAGES, LANG that is set decides: POSIX, XBD 8.2.
Language language_of(const Environment& environment) {
  for (const std::string* locale : {&environment.lc_all, &environment.lc_messages, &environment.lang}) {
    if (!locale->empty()) return is_german(*locale) ? Language::German : Language::English;
  }
  return Language::English;
}

std::string listed(std::span<const std::string_view> words) {
  std::string text;
  for (std::string_view word : words) text += cat(text.empty() ? "" : ", ", word);
  return text;
}

Message did_you_mean(std::string_view word, std::span<const std::string_view> known) {
  if (auto meant = conf::nearest(word, known))
    return {cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")};
  return {cat("known: ", listed(known), "; pforte --help tells more"),
          cat("bekannt: ", listed(known), "; pforte --help sagt mehr")};
}

// Takes the arguments one by one and keeps the first thing that is wrong.
class Arguments {
 public:
  Arguments(std::span<const char* const> arguments, const Environment& environment) : arguments_(arguments) {
    line_.language = language_of(environment);
    if (!environment.no_color.empty()) line_.color = Color::Never;
  }

  std::expected<CommandLine, UsageError> read();

 private:
  void option(std::string_view argument);
  void command(std::string_view word);
  std::string_view value(std::string_view name, std::optional<std::string_view> attached);
  void wrong(Message what, Message remedy);

  std::span<const char* const> arguments_;
  std::size_t next_ = 0;
  CommandLine line_;
  std::optional<UsageError> error_;
};

void Arguments::wrong(Message what, Message remedy) {
  if (!error_) error_ = UsageError{Language::English, std::move(what), std::move(remedy)};
}

std::string_view Arguments::value(std::string_view name, std::optional<std::string_view> attached) {
  if (attached) return *attached;
  if (next_ < arguments_.size()) return arguments_[next_++];
  wrong({cat(name, " needs a value"), cat(name, " braucht einen Wert")},
        {cat("write ", name, " VALUE; pforte --help tells which"),
         cat("schreiben: ", name, " WERT; pforte --help sagt, welchen")});
  return "";
}

void Arguments::option(std::string_view argument) {
  std::size_t equals = argument.find('=');
  std::string_view name = argument.substr(0, equals);
  std::optional<std::string_view> attached;
  if (equals != std::string_view::npos) attached = argument.substr(equals + 1);

  if (name == "--config") {
    line_.config = value(name, attached);
  } else if (name == "--lang") {
    std::string_view language = value(name, attached);
    bool known = language == "de" || language == "en";
    if (!known) wrong({"--lang is de or en", "--lang ist de oder en"}, {"", ""});
    if (known) line_.language = language == "de" ? Language::German : Language::English;
  } else if (name == "--color") {
    std::string_view color = value(name, attached);
    constexpr std::array<std::string_view, 3> kColors = {"auto", "always", "never"};
    auto at = std::ranges::find(kColors, color);
    if (at == kColors.end())
      wrong({"--color is auto, always or never", "--color ist auto, always oder never"}, {"", ""});
    if (at != kColors.end()) line_.color = static_cast<Color>(at - kColors.begin());
  } else if (attached) {
    wrong({cat(name, " takes no value"), cat(name, " nimmt keinen Wert")},
          {cat("write ", name), cat("schreiben: ", name)});
  } else if (name == "--json") {
    line_.json = true;
  } else if (name == "--help" || name == "-h") {
    line_.help = true;
  } else if (name == "--version") {
    line_.version = true;
  } else {
    wrong({cat("unknown option ", name), cat("unbekannte Option ", name)}, did_you_mean(name, kOptions));
  }
}

void Arguments::command(std::string_view word) {
  if (line_.command != Command::None) {
    wrong({cat(word, " is one word too many"), cat(word, " ist ein Wort zu viel")},
          {"pforte takes one command at a time", "pforte nimmt einen Befehl auf einmal"});
    return;
  }
  auto known = std::ranges::find(kCommands, word);
  if (known != kCommands.end()) {
    line_.command = static_cast<Command>(known - kCommands.begin() + 1);
  } else if (word == "help") {
    line_.help = true;
  } else if (std::ranges::find(kLaterCommands, word) != kLaterCommands.end()) {
    wrong({cat("this version has no command ", word), cat("diese Version hat den Befehl ", word, " nicht")},
          {cat("it has: ", listed(kCommands)), cat("sie hat: ", listed(kCommands))});
  } else {
    wrong({cat("unknown command ", word), cat("unbekannter Befehl ", word)}, did_you_mean(word, kCommands));
  }
}

std::expected<CommandLine, UsageError> Arguments::read() {
  while (next_ < arguments_.size()) {
    std::string_view argument = arguments_[next_++];
    if (argument.starts_with('-')) {
      option(argument);
    } else {
      command(argument);
    }
  }
  if (line_.command == Command::None && !line_.help && !line_.version) {
    wrong({"a command is missing", "es fehlt ein Befehl"},
          {cat("one of: ", listed(kCommands), "; pforte --help tells more"),
           cat("einer von: ", listed(kCommands), "; pforte --help sagt mehr")});
  }
  if (!error_) return std::move(line_);
  error_->language = line_.language;
  return std::unexpected(*std::move(error_));
}

std::string variable(const char* name) {
  // Called before there are threads; nothing of ours ever changes the environment.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

const Message usage = {
    R"(Usage: pforte COMMAND [OPTIONS]

Commands:
  serve     run the gate in the foreground
  check     judge the configuration and everything it names
  status    show what runs, its sites and backends
  reload    let the running gate take over its configuration anew
  demo      run gate and application on loopback, without a configuration

Options, before or after the command:
  --config FILE             default /etc/pforte/pforte.toml, else ./pforte.toml
  --json                    one JSON document on standard output
  --lang de|en              default from LC_ALL, LC_MESSAGES, LANG
  --color auto|always|never
  --version
  --help

Exit status: 0 done, it holds; 1 checked, and something does not hold;
2 usage or unreadable input; 3 the system refused.
)",
    R"(Aufruf: pforte BEFEHL [OPTIONEN]

Befehle:
  serve     das Tor im Vordergrund betreiben
  check     die Konfiguration und alles, was sie nennt, beurteilen
  status    zeigen, was läuft, mit Sites und Backends
  reload    das laufende Tor seine Konfiguration neu übernehmen lassen
  demo      Tor und Anwendung auf Loopback betreiben, ohne Konfiguration

Optionen, vor oder nach dem Befehl:
  --config DATEI            Vorgabe /etc/pforte/pforte.toml, sonst ./pforte.toml
  --json                    ein JSON-Dokument auf der Standardausgabe
  --lang de|en              Vorgabe aus LC_ALL, LC_MESSAGES, LANG
  --color auto|always|never
  --version
  --help

Rückgabewert: 0 erledigt, es stimmt; 1 geprüft, und etwas stimmt nicht;
2 Aufruf oder unlesbare Eingabe; 3 das System hat abgelehnt.
)"};

// In the order of kCommands.
const std::array<Message, 5> details = {{
    {R"(pforte serve: runs the gate in the foreground.

SIGHUP and `pforte reload` take over the configuration and certificates anew without
losing a connection; when the new ones are invalid, nothing changes. SIGTERM drains, then stops.
)",
     R"(pforte serve: betreibt das Tor im Vordergrund.

SIGHUP und `pforte reload` übernehmen Konfiguration und Zertifikate neu, ohne eine Verbindung
zu verlieren; sind die neuen ungültig, ändert sich nichts. SIGTERM lässt auslaufen und beendet dann.
)"},
    {R"(pforte check: judges the configuration and everything it names, and reports all problems at once.

Exit status: 0 it holds; 1 something it names does not hold; 2 the configuration itself is wrong or unreadable.
)",
     R"(pforte check: beurteilt die Konfiguration und alles, was sie nennt, und meldet alle Probleme auf einmal.

Rückgabewert: 0 es stimmt; 1 etwas Genanntes stimmt nicht; 2 die Konfiguration selbst ist falsch oder unlesbar.
)"},
    {"pforte status: shows what runs, since when, its sites and how its backends are.\n",
     "pforte status: zeigt, was seit wann läuft, die Sites und wie es den Backends geht.\n"},
    {"pforte reload: lets the running gate take over its configuration anew, and says what was wrong with it.\n",
     "pforte reload: lässt das laufende Tor seine Konfiguration neu übernehmen und sagt, was daran falsch war.\n"},
    {"pforte demo: runs a gate with its own CA and a small application on loopback, in a folder that is thrown away.\n",
     "pforte demo: betreibt ein Tor mit eigener CA und eine kleine Anwendung auf Loopback, in einem Wegwerf-Ordner.\n"},
}};

}  // namespace

Environment read_environment() {
  return {.lc_all = variable("LC_ALL"),
          .lc_messages = variable("LC_MESSAGES"),
          .lang = variable("LANG"),
          .no_color = variable("NO_COLOR")};
}

std::expected<CommandLine, UsageError> read_command_line(std::span<const char* const> arguments,
                                                         const Environment& environment) {
  return Arguments(arguments, environment).read();
}

std::string to_text(const UsageError& error) {
  bool german = error.language == Language::German;
  const std::string& remedy = error.remedy.in(error.language);
  std::string text = cat("pforte: ", error.what.in(error.language), '\n');
  return remedy.empty() ? text : cat(text, german ? "Hilfe: " : "help: ", remedy, '\n');
}

std::string config_file(const CommandLine& line) {
  if (line.config) return *line.config;
  auto exists = [](const char* file) { return access(file, F_OK) == 0; };
  return !exists(kInstalledConfig) && exists(kLocalConfig) ? kLocalConfig : kInstalledConfig;
}

bool use_color(Color color, bool is_terminal) {
  return color == Color::Always || (color == Color::Auto && is_terminal);
}

std::string help_text(Command command, Language language) {
  if (command == Command::None) return usage.in(language);
  return details[static_cast<std::size_t>(command) - 1].in(language);
}

}  // namespace pforte::app
