#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// Runs `pforte cert csr`: a key and a request for another authority. Returns the exit status.
int request_certificate(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
