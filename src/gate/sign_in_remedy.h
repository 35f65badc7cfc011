#pragma once

#include <span>
#include <string_view>

#include "base/message.h"
#include "identity/provider_answer.h"

namespace pforte::gate {

// What an administrator does about a sign-in that failed with this code: one sentence, without a full stop. Empty where
// there is nothing to do but what docs/errors.md says.
Message sign_in_remedy(std::string_view code);

// The same, where these were to be asked for the password: a service that is stopped may have known it.
Message sign_in_remedy(std::string_view code, std::span<const identity::ProviderAnswer> providers);

}  // namespace pforte::gate
