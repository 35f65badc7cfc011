#include "app/reload_outcome.h"

#include "base/text.h"

namespace pforte::app {

admin::ReloadOutcome outcome_of(const conf::Problems& problems, bool ok) {
  admin::ReloadOutcome outcome{.ok = ok, .problems = {}};
  for (const conf::Problem& one : problems.in_order()) {
    outcome.problems.push_back({.severity = std::string(conf::word_for(one.severity, Language::English)),
                                .file = one.place.file,
                                .line = one.place.line,
                                .column = one.place.column,
                                .code = std::string(one.code),
                                .what = one.what,
                                .remedy = one.remedy});
  }
  return outcome;
}

void note_what_stays(const gate::Plan& now, const gate::Plan& next, conf::Problems& problems) {
  auto note = [&](std::string_view key) {
    problems.warning({.file = next.config.file, .line = 0, .column = 0}, "reload.needs-restart",
                     {cat('"', key, "\" has changed: this takes effect at the next start"),
                      cat('"', key, "\" ist geändert: Das gilt erst ab dem nächsten Start")},
                     {"restart the service when it suits", "den Dienst bei Gelegenheit neu starten"});
  };
  if (now.config.workers != next.config.workers) note("workers");
  if (now.config.state_dir != next.config.state_dir) note("state_dir");
  if (now.config.admin.address != next.config.admin.address) note("admin.address");
  if (now.config.limits.connections != next.config.limits.connections) note("limits.connections");
}

}  // namespace pforte::app
