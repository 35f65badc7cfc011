#include "app/check.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/text.h"

namespace pforte::app {
namespace {

std::string_view color_of(conf::Severity severity) {
  switch (severity) {
    case conf::Severity::Error:
      return "\x1b[1;31m";
    case conf::Severity::Warning:
      return "\x1b[1;33m";
    case conf::Severity::Note:
      return "\x1b[1;36m";
  }
  std::unreachable();
}

std::string colored(const conf::Problem& problem, Language language) {
  constexpr std::string_view kBold = "\x1b[1m", kPlain = "\x1b[0m";
  std::string text =
      cat("pforte: ", kBold, conf::to_text(problem.place), ": ", kPlain, color_of(problem.severity),
          conf::word_for(problem.severity, language), ": ", kPlain, kBold, problem.what.in(language), kPlain, '\n');
  const std::string& remedy = problem.remedy.in(language);
  if (!remedy.empty()) text += cat(language == Language::German ? "Hilfe: " : "help: ", remedy, '\n');
  return text;
}

std::string all_is_well(const std::string& file, Language language) {
  return language == Language::German ? cat(file, ": in Ordnung\n") : cat(file, ": it holds\n");
}

}  // namespace

std::string problems_text(const conf::Problems& problems, Language language, bool color) {
  std::string text;
  for (const conf::Problem& problem : problems.in_order())
    text += color ? colored(problem, language) : conf::to_text(problem, language);
  return text;
}

int check(const CommandLine& line, CheckFiles check_files) {
  std::string file = config_file(line);
  conf::Problems problems;
  std::optional<gate::Config> config = gate::read_config(file, problems);
  if (config) check_files(*config, problems);

  if (line.json) {
    std::fputs(problems_json(problems, line.language).c_str(), stdout);
  } else {
    bool color = use_color(line.color, isatty(STDERR_FILENO) == 1);
    std::fputs(problems_text(problems, line.language, color).c_str(), stderr);
    if (!problems.has_errors()) std::fputs(all_is_well(file, line.language).c_str(), stdout);
  }
  if (!config) return 2;
  return problems.has_errors() ? 1 : 0;
}

}  // namespace pforte::app
