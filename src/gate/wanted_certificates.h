#pragma once

#include <vector>

#include "acme/renewer.h"
#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::gate {

// The certificates that the sites of a configuration want by ACME: one for each site with `certificate = "auto"`, where
// there is an [[acme]], or `{ acme = "NAME" }`. It has those of the site's hosts that such a CA issues for: names with
// a dot, and with "*." where the proof is dns-01.
std::vector<acme::Wanted> wanted_certificates(const Config& config);

// Says which hosts are left out, which CA is not there, and which files that [[acme]] names cannot be used.
void check_acme_config(const Config& config, conf::Problems& problems);
void check_acme_files(const Config& config, conf::Problems& problems);

}  // namespace pforte::gate
