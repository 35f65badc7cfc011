#pragma once

#include <string>

#include "app/command_line.h"

namespace pforte::app {

// What --help prints in the language of `line`: about its command, else about its group, else about all.
std::string help_text(const CommandLine& line);

}  // namespace pforte::app
