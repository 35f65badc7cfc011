#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte backend list [NAME]`: the servers as the running gate sees them, or those of one backend. Returns the exit
// status: 0; 2 when there is no such backend; 3 when no gate answers.
int list_backends(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
