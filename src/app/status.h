#pragma once

#include "admin/status.h"
#include "gate/plan.h"
#include "net/timer.h"

namespace pforte::app {

// What a plan says about a running gate: its listeners, sites, backends and how they are. The rest is the caller's.
admin::Status status_of(const gate::Plan& plan, const gate::TlsNames* names, net::Instant now);

}  // namespace pforte::app
