#pragma once

#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::gate {

// Backends of one site that would take each other's cookie. Tells what is wrong.
void check_sticky_names(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate
