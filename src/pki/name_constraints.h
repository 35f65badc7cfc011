#pragma once

#include <cstddef>

#include "pki/certificate.h"
#include "pki/rule.h"

namespace pforte::pki {

// Comparisons of names with constraints that one judgement may make. A certificate has as many names, and an authority
// as many constraints, as whoever wrote them liked.
constexpr std::size_t kMostNameComparisons = 250'000;

// Judges how nameConstraints of `authority` are written (RFC 5280, 4.2.1.10).
void check_constraints_form(const Certificate& authority, Findings& findings);

// Judges the names of `certificate` by the constraints of `authority`, which stands above it: its alternative names,
// its subject, and mail addresses in its subject where it has no alternative names (RFC 5280, 4.2.1.10 and 6.1.3). A
// wildcard is refused if any name it stands for is excluded. `comparisons` counts on over all calls of a judgement.
void check_name_constraints(const Certificate& authority, const Certificate& certificate, std::size_t& comparisons,
                            Findings& findings);

}  // namespace pforte::pki
