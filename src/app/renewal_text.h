#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/message.h"

namespace pforte::app {

// How a certificate that comes by ACME is doing, in one line or, where it fails, in three: an element of "renewals" of
// a gate's status.
std::string renewal_text(const nlohmann::ordered_json& renewal, Language language);

}  // namespace pforte::app
