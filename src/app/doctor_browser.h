#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte doctor browser`: the policies that make browsers send tickets to the sites of the configuration. With --form
// the file alone, for the browsers of --for. Exit 0; 1: no site signs anybody in by tickets; 2: what was typed or the
// configuration cannot be read.
int make_browser_policies(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
