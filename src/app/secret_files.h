#pragma once

#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::app {

// Judges the rights of the files with keys and passwords that a configuration names: a warning for each that everybody
// on this machine can read, and for root, who reads and writes everything, a note of those that root alone can read,
// and of a state folder that it alone can write into. Keytabs are judged where they are read.
void judge_secret_files(const gate::Config& config, conf::Problems& problems);

}  // namespace pforte::app
