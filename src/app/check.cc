#include "app/check.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "app/secret_files.h"
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

bool is_told(const conf::Place& place, const conf::Problems& problems) {
  return std::ranges::any_of(problems.all(), [&](const conf::Problem& known) {
    return known.severity == conf::Severity::Error && known.place == place;
  });
}

// What is wrong at a place is told once: an empty name of a file is no missing file.
void add_what_is_new(const conf::Problems& found, conf::Problems& problems) {
  const conf::Problems known = problems;
  for (const conf::Problem& one : found.all()) {
    if (!is_told(one.place, known)) problems.add(one);
  }
}

std::string differences_text(const std::vector<NodeDifference>& differences, Language language) {
  bool german = language == Language::German;
  if (differences.empty())
    return german ? "auf dem anderen Knoten ist nichts anders, was verglichen wird\n"
                  : "nothing that is compared is otherwise on the other node\n";
  std::string text;
  for (const NodeDifference& one : differences) {
    text += cat(german ? "anders: " : "differs: ", one.what().in(language), '\n',
                german ? "Hilfe: " : "help: ", one.remedy().in(language), '\n');
  }
  return text;
}

void print(const CheckResult& result, const std::string& file, const CommandLine& line) {
  if (line.json) {
    std::fputs(check_json(result, line.language).c_str(), stdout);
    return;
  }
  bool color = use_color(line.color, isatty(STDERR_FILENO) == 1);
  std::fputs(problems_text(result.problems, line.language, color).c_str(), stderr);
  if (!result.problems.has_errors()) std::fputs(all_is_well(file, line.language).c_str(), stdout);
  std::fputs(steps_text(result.steps, line.language).c_str(), stdout);
  if (result.differences) std::fputs(differences_text(*result.differences, line.language).c_str(), stdout);
}

}  // namespace

std::string problems_text(const conf::Problems& problems, Language language, bool color) {
  std::string text;
  for (const conf::Problem& problem : problems.in_order())
    text += color ? colored(problem, language) : conf::to_text(problem, language);
  return text;
}

int check(const CommandLine& line, CheckFiles check_files) {
  std::optional<NodeFacts> other;
  if (std::optional<std::string> compared = line.value_of("--compare")) {
    Answer<NodeFacts> read = read_node_facts(*compared);
    if (!read) {
      std::fputs(to_text(read.error(), line.language).c_str(), stderr);
      return kInvalidInput;
    }
    other = *std::move(read);
  }

  std::string file = config_file(line);
  CheckResult result;
  std::optional<gate::Config> config = gate::read_draft(file, result.problems);
  bool holds = !result.problems.has_errors();
  if (config) {
    conf::Problems of_files;
    check_files(*config, holds, of_files);
    add_what_is_new(of_files, result.problems);
    judge_secret_files(*config, result.problems);
  }
  if (config && holds) {
    result.steps = sign_in_steps(*config, look_at_sign_in(*config));
    result.node = node_facts(*config);
    if (other) result.differences = differences(result.node, *other);
  }
  print(result, file, line);
  if (!holds) return kInvalidInput;
  bool differs = result.differences && !result.differences->empty();
  return result.problems.has_errors() || differs ? kDoesNotHold : kDone;
}

}  // namespace pforte::app
