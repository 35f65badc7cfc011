#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte capture --for TIME -o FILE`: has the running gate capture what it is asked to, and writes it down. SIGINT
// ends it early. Returns the exit status: 0; 2 for what cannot be asked; 3 when no gate answers, another capture is
// under way, the file cannot be written, or the gate stopped before the end.
int run_capture(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
