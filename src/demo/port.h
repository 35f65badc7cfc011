#pragma once

#include <cstdint>

#include "base/error.h"
#include "demo/process.h"

namespace pforte::demo {

// A port of 127.0.0.1 at which nobody listens now. Somebody else may take it before its user does; on a machine at
// rest nobody will. Fails with Kind::Unavailable.
Result<std::uint16_t> free_port();

// Waits until somebody listens at that port of 127.0.0.1, at most ten seconds, which is `server`, started with
// `command`. Fails with Kind::Unavailable (demo.program) when it ends or takes longer.
Result<> await_server(Process& server, const Command& command, std::uint16_t port);

}  // namespace pforte::demo
