#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte doctor message TEXT`: what an error message of a browser, an app, Java or another program means, and what to
// do; "-" reads it from standard input. Exit 0: it is known; 1: it is not; 2: there is none, or it is too long.
int tell_of_message(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
