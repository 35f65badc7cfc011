#pragma once

#include "app/command_line.h"

namespace pforte::app {

// `pforte demo`: a gate on loopback with papers of its own and an application behind it, two Kerberos realms and a
// directory where they are installed, and agents, in a throw-away state folder, until it is told to stop. To be called
// before there are other threads. Returns the exit status.
int run_demo(const CommandLine& line);

}  // namespace pforte::app
