#pragma once

#include "gate/config.h"

namespace pforte::gate {

// Judges what the blocks of a configuration say about each other: names without a block, addresses and hosts that
// stand twice, sites that nobody could reach. What is wrong goes to `problems`. Touches no file.
void check_config(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate
