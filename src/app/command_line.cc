#include "app/command_line.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "conf/nearest.h"

namespace pforte::app {
namespace {

constexpr const char* kLocalConfig = "./pforte.toml";

// Of a session, in base64url.
constexpr std::size_t kIdLetters = 22;

using Words = std::vector<std::string_view>;

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

// `of`: "pforte", or with the command whose help tells more.
Message did_you_mean(std::string_view word, std::span<const std::string_view> known, std::string_view of) {
  if (auto meant = conf::nearest(word, known))
    return {cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")};
  return {cat("known: ", listed(known), "; ", of, " --help tells more"),
          cat("bekannt: ", listed(known), "; ", of, " --help sagt mehr")};
}

const OptionSpec* find_option(std::span<const OptionSpec> options, std::string_view name) {
  auto found = std::ranges::find(options, name, &OptionSpec::name);
  return found == options.end() ? nullptr : &*found;
}

// Of whichever command: what follows it can be told from the name alone.
const OptionSpec* find_option(std::string_view name) {
  if (name == "-h") name = "--help";
  if (const OptionSpec* global = find_option(global_options(), name)) return global;
  for (const CommandSpec& command : command_specs()) {
    if (const OptionSpec* option = find_option(command.options, name)) return option;
  }
  return nullptr;
}

Words names_of(std::span<const OptionSpec> options) {
  Words names;
  for (const OptionSpec& option : options) names.push_back(option.name);
  return names;
}

// What can stand at the beginning.
Words first_words() {
  Words words;
  for (const CommandSpec& command : command_specs()) {
    if (command.group.empty()) words.push_back(command.word);
  }
  for (const GroupSpec& group : group_specs()) words.push_back(group.word);
  return words;
}

Words words_in(std::string_view group) {
  Words words;
  for (const CommandSpec& command : command_specs()) {
    if (command.group == group) words.push_back(command.word);
  }
  return words;
}

const CommandSpec* find_command(std::string_view group, std::string_view word) {
  auto commands = command_specs();
  auto found = std::ranges::find_if(
      commands, [&](const CommandSpec& command) { return command.group == group && command.word == word; });
  return found == commands.end() ? nullptr : &*found;
}

// "pforte backend drain NAME [URL]".
Message usage_of(const CommandSpec& command) {
  Message usage{cat("pforte ", command.name()), cat("pforte ", command.name())};
  auto add = [&](const Phrase& operand, bool needed) {
    if (operand.en.empty()) return;
    std::string_view before = needed ? " " : " [", behind = needed ? "" : "]";
    std::string_view more = command.operand_repeats ? "..." : "";
    usage.en += cat(before, operand.en, more, behind);
    usage.de += cat(before, operand.de, more, behind);
  };
  add(command.operand, command.needs_operand);
  add(command.second_operand, command.needs_second);
  return usage;
}

// Takes the arguments apart, then looks what they are: options are known before the command is.
class Arguments {
 public:
  Arguments(std::span<const char* const> arguments, const Environment& environment) : arguments_(arguments) {
    line_.language = language_of(environment);
    if (!environment.no_color.empty()) line_.color = Color::Never;
  }

  std::expected<CommandLine, UsageError> read();

 private:
  struct Word {
    std::size_t at = 0;
    std::string_view text;
  };
  struct Option {
    std::size_t at = 0;
    std::string_view argument;
    std::string_view name;
    const OptionSpec* spec = nullptr;  // null: no command has it
    std::string_view value;
  };

  void take_apart();
  bool is_message(std::string_view argument) const;
  void take_option(std::size_t at, std::string_view argument);
  void find_command_word();
  void find_command_in_group();
  void take_operands(std::size_t first);
  void judge(const Option& option);
  void refuse(const Option& option);
  void take_global(const Option& option);
  void take_own(const Option& option, const OptionSpec& own);
  void ask_for_the_rest();
  void wrong(std::size_t at, Message what, Message remedy);

  std::span<const char* const> arguments_;
  std::size_t next_ = 0;
  std::vector<Word> words_;
  std::vector<Option> options_;
  const CommandSpec* command_ = nullptr;
  CommandLine line_;
  std::optional<UsageError> error_;
  std::size_t error_at_ = 0;
};

// What stands first is told, whatever is found first.
void Arguments::wrong(std::size_t at, Message what, Message remedy) {
  if (error_ && error_at_ <= at) return;
  error_ = UsageError{Language::English, std::move(what), std::move(remedy)};
  error_at_ = at;
}

// Codes of Apple's systems begin with a minus: `pforte doctor message -1202`.
bool Arguments::is_message(std::string_view argument) const {
  bool is_code = argument.size() > 1 && argument[1] >= '0' && argument[1] <= '9';
  return is_code && words_.size() >= 2 && words_[0].text == "doctor" && words_[1].text == "message";
}

void Arguments::take_apart() {
  bool options_over = false;
  while (next_ < arguments_.size()) {
    std::size_t at = next_;
    std::string_view argument = arguments_[next_++];
    if (options_over || !argument.starts_with('-') || argument == "-" || is_message(argument)) {
      words_.push_back({at, argument});
    } else if (argument == "--") {
      options_over = true;
    } else {
      take_option(at, argument);
    }
  }
}

void Arguments::take_option(std::size_t at, std::string_view argument) {
  std::size_t equals = argument.find('=');
  Option option{.at = at, .argument = argument, .name = argument.substr(0, equals), .spec = nullptr, .value = {}};
  option.spec = find_option(option.name);
  bool attached = equals != std::string_view::npos;
  bool takes_value = option.spec != nullptr && option.spec->takes_value();
  if (attached) {
    option.value = argument.substr(equals + 1);
  } else if (takes_value && next_ < arguments_.size()) {
    option.value = arguments_[next_++];
  } else if (takes_value) {
    const Phrase& value = option.spec->value;
    wrong(at, {cat(option.name, " needs a value"), cat(option.name, " braucht einen Wert")},
          {cat("write ", option.name, ' ', value.en), cat("schreiben: ", option.name, ' ', value.de)});
  }
  if (attached && option.spec != nullptr && !takes_value) {
    wrong(at, {cat(option.name, " takes no value"), cat(option.name, " nimmt keinen Wert")},
          {cat("write ", option.name), cat("schreiben: ", option.name)});
  }
  options_.push_back(option);
}

void Arguments::find_command_word() {
  if (!words_.empty() && words_.front().text == "help") {
    line_.help = true;
    words_.erase(words_.begin());
  }
  if (words_.empty()) return;
  Word first = words_.front();
  Words known = first_words();
  auto groups = group_specs();
  auto group = std::ranges::find(groups, first.text, &GroupSpec::word);
  command_ = find_command("", first.text);
  if (command_ != nullptr) {
    take_operands(1);
  } else if (group != groups.end()) {
    line_.group = group->word;
    find_command_in_group();
  } else if (std::ranges::find(later_commands(), first.text) != later_commands().end()) {
    wrong(first.at,
          {cat("this version has no command ", first.text), cat("diese Version hat den Befehl ", first.text, " nicht")},
          {cat("it has: ", listed(known)), cat("sie hat: ", listed(known))});
  } else {
    wrong(first.at, {cat("unknown command ", first.text), cat("unbekannter Befehl ", first.text)},
          did_you_mean(first.text, known, "pforte"));
  }
}

void Arguments::find_command_in_group() {
  if (words_.size() < 2) return;
  Word second = words_[1];
  command_ = find_command(line_.group, second.text);
  if (command_ != nullptr) return take_operands(2);
  std::string both = cat(line_.group, ' ', second.text);
  wrong(second.at, {cat("unknown command ", both), cat("unbekannter Befehl ", both)},
        did_you_mean(second.text, words_in(line_.group), cat("pforte ", line_.group)));
}

void Arguments::take_operands(std::size_t first) {
  line_.command = command_->command;
  std::size_t most = command_->operand.en.empty() ? 0 : command_->second_operand.en.empty() ? 1 : 2;
  if (words_.size() > first && most >= 1) line_.operand = words_[first].text;
  if (words_.size() > first + 1 && most == 2) line_.second_operand = words_[first + 1].text;
  if (words_.size() <= first + most) return;
  if (command_->operand_repeats) {
    for (std::size_t i = first + 1; i < words_.size(); ++i) line_.more_operands.emplace_back(words_[i].text);
    return;
  }
  const Word& extra = words_[first + most];
  Message usage = usage_of(*command_);
  wrong(extra.at, {cat(extra.text, " is one word too many"), cat(extra.text, " ist ein Wort zu viel")},
        {cat("one command at a time: ", usage.en), cat("ein Befehl auf einmal: ", usage.de)});
}

void Arguments::judge(const Option& option) {
  bool global = option.spec != nullptr && find_option(global_options(), option.spec->name) != nullptr;
  if (global) return take_global(option);
  bool may = option.spec != nullptr && command_ != nullptr;
  const OptionSpec* own = may ? find_option(command_->options, option.spec->name) : nullptr;
  if (own != nullptr) return take_own(option, *own);
  bool id = command_ != nullptr && command_->operand_is_id && line_.operand.empty() && option.spec == nullptr &&
            option.argument.size() == kIdLetters;
  if (id) {
    line_.operand = option.argument;
    return;
  }
  refuse(option);
}

void Arguments::refuse(const Option& option) {
  Words known = names_of(global_options());
  for (const CommandSpec& command : command_specs()) {
    bool may_be_meant = command_ == nullptr || &command == command_;
    if (may_be_meant) std::ranges::copy(names_of(command.options), std::back_inserter(known));
  }
  std::string of = command_ != nullptr ? cat("pforte ", command_->name()) : "pforte";
  bool elsewhere = option.spec != nullptr && command_ != nullptr;
  Message what =
      elsewhere ? Message{cat(of, " has no option ", option.name), cat(of, " hat die Option ", option.name, " nicht")}
                : Message{cat("unknown option ", option.name), cat("unbekannte Option ", option.name)};
  if (auto meant = conf::nearest(option.name, known))
    return wrong(option.at, std::move(what), {cat("did you mean ", *meant, '?'), cat("ist ", *meant, " gemeint?")});
  wrong(option.at, std::move(what),
        {cat(of, " --help tells which there are"), cat(of, " --help sagt, welche es gibt")});
}

void Arguments::take_own(const Option& option, const OptionSpec& own) {
  if (!own.repeats && line_.has(own.name)) {
    wrong(option.at, {cat(option.name, " is given twice"), cat(option.name, " steht zweimal da")},
          {"once is meant", "einmal ist gemeint"});
  }
  line_.options.push_back({own.name, std::string(option.value)});
}

void Arguments::take_global(const Option& option) {
  std::string_view name = option.spec->name, value = option.value;
  const Phrase& values = option.spec->value;
  Message write = {cat("write ", name, ' ', values.en), cat("schreiben: ", name, ' ', values.de)};
  if (name == "--config") {
    line_.config = value;
  } else if (name == "--lang") {
    bool known = value == "de" || value == "en";
    if (!known) wrong(option.at, {"--lang is de or en", "--lang ist de oder en"}, std::move(write));
    if (known) line_.language = value == "de" ? Language::German : Language::English;
  } else if (name == "--color") {
    constexpr std::array<std::string_view, 3> kColors = {"auto", "always", "never"};
    auto at = std::ranges::find(kColors, value);
    if (at == kColors.end())
      wrong(option.at, {"--color is auto, always or never", "--color ist auto, always oder never"}, std::move(write));
    if (at != kColors.end()) line_.color = static_cast<Color>(at - kColors.begin());
  } else if (name == "--json") {
    line_.json = true;
  } else if (name == "--help") {
    line_.help = true;
  } else if (name == "--version") {
    line_.version = true;
  }
}

// What is missing at the end, where neither help nor the version is asked for.
void Arguments::ask_for_the_rest() {
  std::size_t end = arguments_.size();
  auto ask_for = [&](const Phrase& operand) {
    Message usage = usage_of(*command_);
    wrong(end, {cat(operand.en, " is missing"), cat(operand.de, " fehlt")},
          {cat("write: ", usage.en), cat("schreiben: ", usage.de)});
  };
  if (command_ != nullptr && command_->needs_operand && line_.operand.empty()) ask_for(command_->operand);
  if (command_ != nullptr && command_->needs_second && line_.second_operand.empty()) ask_for(command_->second_operand);
  if (words_.size() > 1 || command_ != nullptr) return;
  std::string of = line_.group.empty() ? "pforte" : cat("pforte ", line_.group);
  std::string known = listed(line_.group.empty() ? first_words() : words_in(line_.group));
  wrong(end, {"a command is missing", "es fehlt ein Befehl"},
        {cat("one of: ", known, "; ", of, " --help tells more"),
         cat("einer von: ", known, "; ", of, " --help sagt mehr")});
}

std::expected<CommandLine, UsageError> Arguments::read() {
  take_apart();
  find_command_word();
  for (const Option& option : options_) judge(option);
  if (!line_.help && !line_.version) ask_for_the_rest();
  if (!error_) return std::move(line_);
  error_->language = line_.language;
  return std::unexpected(*std::move(error_));
}

std::string variable(const char* name) {
  // Called before there are threads; nothing of ours ever changes the environment.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

}  // namespace

bool CommandLine::has(std::string_view option) const {
  return std::ranges::find(options, option, &Option::name) != options.end();
}

std::optional<std::string> CommandLine::value_of(std::string_view option) const {
  auto found = std::ranges::find(options, option, &Option::name);
  if (found == options.end()) return std::nullopt;
  return found->value;
}

std::vector<std::string> CommandLine::values_of(std::string_view option) const {
  std::vector<std::string> values;
  for (const Option& given : options) {
    if (given.name == option) values.push_back(given.value);
  }
  return values;
}

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
  std::string text = cat("pforte: ", german ? "Fehler: " : "error: ", error.what.in(error.language), '\n');
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

}  // namespace pforte::app
