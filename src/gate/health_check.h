#pragma once

#include "gate/health_config.h"
#include "gate/server.h"
#include "net/loop.h"

namespace pforte::gate {

// Asks a server once whether it is well, on a connection of its own. `server` and `config` must outlive the task.
//
// Fails where it is not: with the codes of dial(), so that a certificate that does not hold is told apart from a server
// that is not there; with "backend.unhealthy" for an answer that is not the expected one; with "backend.check-timeout"
// when it took longer than allowed; and with "gate.no-descriptor" when it is not the server's fault.
net::Task<> check_health(net::Loop& loop, Server& server, const HealthConfig& config);

}  // namespace pforte::gate
