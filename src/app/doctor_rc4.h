#pragma once

#include <string>

#include "doctor/rc4_exit.h"

namespace pforte::app {

// What the gate of this state folder has counted, if one runs and we may ask it. Blocks.
doctor::Rc4Tickets rc4_tickets_of(const std::string& state_dir);

}  // namespace pforte::app
