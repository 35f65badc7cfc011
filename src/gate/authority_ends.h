#pragma once

#include <chrono>

#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::gate {

// Warns of what of the company CA in the state folder has ended or is about to, as code authority.ends: a certificate
// as long before as what is issued now would outlive it (30 days at least), and the root's revocation list, where
// certificates name it, 30 days before. Blocks.
void check_authority_ends(const Config& config, std::chrono::sys_seconds now, conf::Problems& problems);

}  // namespace pforte::gate
