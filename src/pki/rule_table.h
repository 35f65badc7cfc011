#pragma once

#include <span>

#include "pki/rule.h"

namespace pforte::pki {

// All rules, in no order.
std::span<const Rule> rules_of_standards();
std::span<const Rule> rules_of_profiles();

}  // namespace pforte::pki
