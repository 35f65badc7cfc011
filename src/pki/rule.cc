#include "pki/rule.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <ranges>
#include <utility>

#include "base/text.h"
#include "pki/rule_table.h"

namespace pforte::pki {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::Error:
      return "error";
    case Level::Warning:
      return "warning";
    default:
      return "note";
  }
}

Level Rule::level(Profile profile) const {
  switch (levels[std::size_t(profile)]) {
    case 'E':
      return Level::Error;
    case 'W':
      return Level::Warning;
    case 'N':
      return Level::Note;
    default:
      return Level::None;
  }
}

const Rule& rule_of(std::string_view id) {
  for (std::span<const Rule> table : {rules_of_standards(), rules_of_profiles()}) {
    auto found = std::ranges::find(table, id, &Rule::id);
    if (found != table.end()) return *found;
  }
  std::abort();
}

Message Finding::text() const {
  if (detail.en.empty()) return {std::string(rule->says.en), std::string(rule->says.de)};
  return {cat(rule->says.en, ": ", detail.en), cat(rule->says.de, ": ", detail.de)};
}

void Findings::add(std::string_view id, const Certificate& certificate, Message detail) {
  const Rule& rule = rule_of(id);
  Level level = rule.level(profile_);
  if (level == Level::None) return;
  errors_ += level == Level::Error;
  all_.push_back({&rule, level, &certificate, std::move(detail)});
}

std::vector<Finding> Findings::by_level() const {
  std::vector<Finding> sorted;
  for (Level level : {Level::Error, Level::Warning, Level::Note})
    std::ranges::copy(all_ | std::views::filter([&](const Finding& one) { return one.level == level; }),
                      std::back_inserter(sorted));
  return sorted;
}

void Findings::append(const Findings& more) {
  errors_ += more.errors_;
  all_.insert(all_.end(), more.all_.begin(), more.all_.end());
}

}  // namespace pforte::pki
