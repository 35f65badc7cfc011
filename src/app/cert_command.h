#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// Runs `pforte cert verify` or `pforte cert show`, and returns the exit status.
int run_cert_command(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
