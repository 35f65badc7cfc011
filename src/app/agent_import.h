#pragma once

#include "app/complaint.h"
#include "app/store_command.h"

namespace pforte::app {

// `pforte agent import FILE`: adds all agents of the file, or none and tells everything that is wrong with it.
Answer<int> import_agents(const StoreCall& call);

}  // namespace pforte::app
