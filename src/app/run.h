#pragma once

#include <span>

namespace pforte::app {

// The program: reads the arguments behind its name, does what they say, and returns the exit status.
int run(std::span<const char* const> arguments);

}  // namespace pforte::app
