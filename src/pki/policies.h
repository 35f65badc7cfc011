#pragma once

#include <span>

#include "pki/certificate.h"
#include "pki/rule.h"

namespace pforte::pki {

// Processes the policies of a path (RFC 5280, 6.1), of which the peer's certificate stands first and the anchor is left
// out. Any policy is acceptable, and none is needed unless an authority on the path demands one.
//
// Since any policy will do, it does not matter along which branches of the standard's tree a policy is valid, only that
// it is: each level is kept as a set, and the work grows with the size of the certificates alone.
void check_policies(std::span<const Certificate* const> path, Findings& findings);

}  // namespace pforte::pki
