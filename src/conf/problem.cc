#include "conf/problem.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace pforte::conf {

void Problems::error(const Place& place, std::string_view code, Message what, Message remedy) {
  problems_.push_back({Severity::Error, place, code, std::move(what), std::move(remedy)});
}

void Problems::warning(const Place& place, std::string_view code, Message what, Message remedy) {
  problems_.push_back({Severity::Warning, place, code, std::move(what), std::move(remedy)});
}

void Problems::note(const Place& place, std::string_view code, Message what, Message remedy) {
  problems_.push_back({Severity::Note, place, code, std::move(what), std::move(remedy)});
}

bool Problems::has_errors() const {
  return std::ranges::any_of(problems_, [](const Problem& p) { return p.severity == Severity::Error; });
}

std::vector<Problem> Problems::in_order() const {
  std::vector<const Problem*> order;
  order.reserve(problems_.size());
  for (const Problem& problem : problems_) order.push_back(&problem);
  // The address decides last: problems_ holds them in the order in which they were found.
  std::ranges::sort(order, {}, [](const Problem* problem) {
    const Place& place = problem->place;
    return std::tuple(std::string_view(place.file), place.line, place.column, problem);
  });

  std::vector<Problem> sorted;
  sorted.reserve(order.size());
  for (const Problem* problem : order) sorted.push_back(*problem);
  return sorted;
}

std::string to_text(const Place& place) {
  if (place.line == 0) return place.file;
  if (place.column == 0) return cat(place.file, ':', place.line);
  return cat(place.file, ':', place.line, ':', place.column);
}

std::string_view word_for(Severity severity, Language language) {
  bool german = language == Language::German;
  switch (severity) {
    case Severity::Error:
      return german ? "Fehler" : "error";
    case Severity::Warning:
      return german ? "Warnung" : "warning";
    case Severity::Note:
      return german ? "Hinweis" : "note";
  }
  std::unreachable();
}

std::string to_text(const Problem& problem, Language language) {
  std::string text = cat("pforte: ", to_text(problem.place), ": ", word_for(problem.severity, language), ": ",
                         problem.what.in(language), '\n');
  std::string_view help = language == Language::German ? "Hilfe" : "help";
  const std::string& remedy = problem.remedy.in(language);
  return remedy.empty() ? text : cat(text, help, ": ", remedy, '\n');
}

}  // namespace pforte::conf
