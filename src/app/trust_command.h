#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// Runs `pforte trust`: on files and directories, whether a gate runs or not. Returns the exit status.
int run_trust_command(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
