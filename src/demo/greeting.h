#pragma once

#include "base/message.h"

namespace pforte::demo {

struct Stage;

// What is printed once the demo stands: addresses, accounts, and commands to paste, each of which works alone.
Message greeting(const Stage& stage);

}  // namespace pforte::demo
