#include "doctor/report.h"

#include <algorithm>

#include "doctor/shown_command.h"

namespace pforte::doctor {

Level Report::worst() const {
  Level worst = Level::Ok;
  for (const Path* path : paths) worst = std::max(worst, path->worst());
  return worst;
}

std::vector<const Path*> Report::worst_first() const {
  std::vector<const Path*> sorted;
  sorted.reserve(paths.size());
  for (Level level : {Level::Error, Level::Warning, Level::Note, Level::Ok}) {
    for (const Path* path : paths) {
      if (path->worst() == level) sorted.push_back(path);
    }
  }
  return sorted;
}

std::size_t Report::count(Level level) const {
  std::size_t found = 0;
  for (const Path* path : paths) {
    for (const Finding* finding : path->in_order()) found += finding->level == level ? 1 : 0;
  }
  return found;
}

std::string Report::command_of(const Finding& finding) const {
  return command_by(config, finding.command);
}

}  // namespace pforte::doctor
