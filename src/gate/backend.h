#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/secret.h"
#include "gate/backend_config.h"
#include "gate/server.h"
#include "gate/session_places.h"
#include "gate/waiting_line.h"

namespace pforte::gate {

// An application: its servers and how they are asked. Immutable, but for what is known of the servers.
struct Backend {
  BackendConfig config;
  std::vector<std::shared_ptr<Server>> servers;
  // Who waits for one of them. A plan takes it over from the one before, so that nobody is overtaken.
  std::shared_ptr<WaitingLine> line = std::make_shared<WaitingLine>();
  std::size_t index = 0;  // of its plan, for counters

  // Where sticky by an application's cookie: what was learnt of its sessions. Else null.
  std::shared_ptr<SessionPlaces> sessions;

  // With which the agent's login is handed on as HTTP Basic. None: it is not.
  std::optional<Secret> basic_password;
};

}  // namespace pforte::gate
