#pragma once

#include "admin/service.h"
#include "conf/problem.h"
#include "gate/plan.h"

namespace pforte::app {

// What whoever asked for a reload is told.
admin::ReloadOutcome outcome_of(const conf::Problems& problems, bool ok);

// Warns of what is another in the next plan and takes effect at the next start only.
void note_what_stays(const gate::Plan& now, const gate::Plan& next, conf::Problems& problems);

}  // namespace pforte::app
