#pragma once

#include <string_view>

#include "base/message.h"

namespace pforte::kerberos {

// What to do about a ticket that failed with this code of Acceptor::accept(): one sentence, without a full stop. Empty
// for other codes. docs/errors.md says more.
Message remedy_for(std::string_view code);

}  // namespace pforte::kerberos
