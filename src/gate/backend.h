#pragma once

#include <memory>
#include <vector>

#include "gate/backend_config.h"
#include "gate/server.h"

namespace pforte::gate {

// An application: its servers and how they are asked. Immutable, but for what is known of the servers.
struct Backend {
  BackendConfig config;
  std::vector<std::shared_ptr<Server>> servers;
  std::size_t index = 0;  // of its plan, for counters
};

}  // namespace pforte::gate
