#pragma once

#include <string_view>

#include "base/message.h"

namespace pforte::acme {

// What can be done about a failure with this code; empty for a code that is not ours.
Message remedy_for(std::string_view code);

}  // namespace pforte::acme
