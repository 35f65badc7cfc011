#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// Runs `pforte cert verify`. Returns the exit status: 0 trusted, 1 not trusted, 2 something is unreadable.
int verify_certificate(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
