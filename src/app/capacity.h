#pragma once

#include <cstddef>

#include "gate/config.h"

namespace pforte::app {

// How many workers the gate has: as configured, else one for each processor.
unsigned worker_count(const gate::Config& config);

// How many clients one of so many workers serves at once: as configured, and no more than the system lets us have
// descriptors for; the program's limit of open files is raised as far as it lets us. At least 1.
std::size_t most_clients(const gate::Limits& limits, unsigned workers);

}  // namespace pforte::app
