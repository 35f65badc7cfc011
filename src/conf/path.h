#pragma once

#include "conf/problem.h"

namespace pforte::conf {

// The name of a file as a configuration has it, from the folder that configuration lies in unless it is absolute.
Text resolved(Text file);

}  // namespace pforte::conf
