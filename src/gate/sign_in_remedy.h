#pragma once

#include <string_view>

#include "base/message.h"

namespace pforte::gate {

// What an administrator does about a sign-in that failed with this code: one sentence, without a full stop. Empty where
// there is nothing to do but what docs/errors.md says.
Message sign_in_remedy(std::string_view code);

}  // namespace pforte::gate
