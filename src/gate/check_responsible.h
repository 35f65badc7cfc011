#pragma once

#include <vector>

#include "conf/problem.h"
#include "gate/config.h"
#include "gate/responsible_config.h"

namespace pforte::gate {

// Warns of a line of `[responsible]` that fits no hop, so that nobody would be named. A host with a dot fits always: it
// may be that of a proxy, of which the configuration knows nothing.
void check_responsible(const std::vector<ResponsibleConfig>& responsible, const Config& config,
                       conf::Problems& problems);

}  // namespace pforte::gate
