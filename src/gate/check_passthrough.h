#pragma once

#include "gate/config.h"

namespace pforte::gate {

// Judges what `[[passthrough]]` blocks say about other blocks: hosts that a site has as well, listeners that are not
// there, servers that are this gate. What is wrong goes to `problems`. Touches no file.
void check_passthroughs(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate
