#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "kerberos/kdc_exchange.h"
#include "kerberos/krb5_file.h"

namespace pforte::kerberos {

// The KDCs that a krb5.conf names for a realm, in its order, each once, in lines of this name. Proxies ("https://...")
// are left out.
std::vector<KdcAddress> kdcs_in(const Krb5File& file, const std::string& realm, std::string_view name = "kdc");

// Whether the file lets DNS be asked for what it does not name.
bool asks_dns_for_kdcs(const Krb5File& file);

// Both together: DNS is asked where the file names none and lets it. Blocks, and fails, as kdcs_by_dns() does. Where a
// password was refused, the library asks those that know a new one first: primary_kdc, else master_kdc of the file.
// Source: MIT krb5 1.20, krb5_get_init_creds_password() and k5_locate_kdc().
Result<std::vector<KdcAddress>> kdcs_of(const Krb5File& file, const std::string& realm, KdcKind kind,
                                        std::chrono::milliseconds limit);

}  // namespace pforte::kerberos
