#pragma once

#include <optional>
#include <span>

#include "conf/problem.h"
#include "gate/site_config.h"
#include "tls/context.h"

namespace pforte::gate {

// Reads a certificate that a site shows, with its key, and judges it: key and certificate belong together, it is valid
// today, and its chain is in order. Nothing when a problem is an error.
std::optional<tls::Shown> read_served_certificate(const CertificateConfig& config, conf::Problems& problems);

// Every host of a site must be a name of each of its certificates (RFC 9525): no client overlooks that.
void check_names(const SiteConfig& site, std::span<const tls::Shown> shown, conf::Problems& problems);

}  // namespace pforte::gate
