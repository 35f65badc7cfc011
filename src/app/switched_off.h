#pragma once

#include <string>
#include <vector>

#include "doctor/gate_examination.h"
#include "gate/config.h"

namespace pforte::app {

// What administrators have taken out of use by `pforte backend drain` and `pforte service stop`: it stays so over
// restarts, whether or not the gate runs.
struct SwitchedOff {
  std::vector<doctor::DrainedBackend> backends;  // those of which a server at least is drained
  std::vector<doctor::StoppedService> services;  // of those that the configuration signs in by
  bool nobody_signs_in = false;                  // they are all it signs in by
};

// Looks into the store. Nothing where there is none, or where we may not read it. Blocks.
SwitchedOff switched_off(const gate::Config& config);

// What those who come to this site miss.
SwitchedOff part_of(const SwitchedOff& all, const gate::SiteConfig& site);

}  // namespace pforte::app
