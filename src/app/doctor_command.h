#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte doctor`: examines what it is told to, all at once, and prints what it finds. Returns the exit status: 0 no
// error was found, 1 there is one, 2 a subject is wrong or cannot be read, 3 the report cannot be written.
int run_doctor(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
