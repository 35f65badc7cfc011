#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte doctor client IP|LOGIN|HOST|CODE`: whether somebody has reached the gate, and how that ended. Reads the ring
// in the state folder itself, so that no gate needs to run. Exit 0: seen, and the last contact that tells something
// went well; 1: it did not, or nothing was seen; 2: what was typed cannot be read; 3: the ring cannot.
int tell_of_client(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
