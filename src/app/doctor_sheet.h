#pragma once

#include "app/command_line.h"
#include "app/streams.h"

namespace pforte::app {

// `pforte doctor sheet [HOST]`: what somebody sets up an app with, by the configuration; with --out as a page to print.
// Exit 0; 1: there is no host; 2: the configuration cannot be read or has not that host; 3: the page cannot be written.
int make_settings_sheet(const CommandLine& line, const Streams& streams);

}  // namespace pforte::app
