#include "doctor/report.h"

#include <algorithm>

namespace pforte::doctor {

Level Report::worst() const {
  Level worst = Level::Ok;
  for (const Path* path : paths) worst = std::max(worst, path->worst());
  return worst;
}

}  // namespace pforte::doctor
