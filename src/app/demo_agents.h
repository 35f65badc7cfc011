#pragma once

#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace pforte::app {

// Makes the demo's people agents of the gate whose state is in `state_dir`, before it starts. Returns the token of the
// one that is a program. Fails as identity::Agents does.
Result<Secret> make_demo_agents(const std::string& state_dir);

}  // namespace pforte::app
