#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// Runs `pforte ca init`, `show`, `sign-intermediate` and `import`, which need no store. Returns the exit status.
int run_ca_command(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
