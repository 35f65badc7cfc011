#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "kerberos/kdc_exchange.h"
#include "kerberos/krb5_file.h"

namespace pforte::kerberos {

// The KDCs that a krb5.conf names for a realm, in its order, each once. Proxies ("https://...") are left out.
std::vector<KdcAddress> kdcs_in(const Krb5File& file, const std::string& realm);

// Whether the file lets DNS be asked for what it does not name.
bool asks_dns_for_kdcs(const Krb5File& file);

// Both together: DNS is asked where the file names none and lets it. Blocks, see kdcs_by_dns().
std::vector<KdcAddress> kdcs_of(const Krb5File& file, const std::string& realm, std::chrono::milliseconds limit);

}  // namespace pforte::kerberos
