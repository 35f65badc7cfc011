#pragma once

#include <string>

#include "doctor/path.h"
#include "pki/trust_lint.h"

namespace pforte::doctor {

// The path of a trust store: from whoever reads it, to it.
Path path_of_store(const std::string& name);

// Tells everything that is wrong with a store, or that nothing is.
void examine_store(const pki::TrustStore& store, const pki::LintFacts& facts, Path& path);

}  // namespace pforte::doctor
