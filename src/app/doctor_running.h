#pragma once

#include <optional>
#include <string>

#include "doctor/rc4_exit.h"

namespace pforte::app {

// What the running gate says of signing in by tickets.
struct RunningSignIn {
  doctor::Rc4Tickets rc4;             // that it has counted
  std::optional<bool> kerberos_runs;  // the service; none: no gate runs, we may not ask it, or it has no such service
};

// Asks the gate of this state folder. Blocks.
RunningSignIn running_sign_in_of(const std::string& state_dir);

}  // namespace pforte::app
