#pragma once

#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::gate {

// Judges what sites ask for against who can be signed in, and how.
void check_sign_in(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate
