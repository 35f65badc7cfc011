#pragma once

#include <cstdint>

#include "base/message.h"
#include "demo/authority.h"

namespace pforte::demo {

// What is printed once the demo stands: addresses, and commands to paste.
Message greeting(const Papers& papers, std::uint16_t application_port);

}  // namespace pforte::demo
