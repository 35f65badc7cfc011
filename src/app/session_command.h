#pragma once

#include "app/complaint.h"
#include "app/store_command.h"

namespace pforte::app {

// `pforte session list [--agent LOGIN]`.
Answer<int> list_sessions(const StoreCall& call);

// `pforte session end`, of one ID, --agent LOGIN or --all.
Answer<int> end_sessions(const StoreCall& call);

}  // namespace pforte::app
