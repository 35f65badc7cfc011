#pragma once

#include <memory>

#include "doctor/host_names.h"
#include "doctor/kerberos_path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// Asks every KDC of every realm over UDP and TCP, and then tries the whole way of a ticket with each service; all
// realms, KDCs and services at once. Every answer is waited for setting.step at most. KDCs that krb5.conf does not name
// are asked of `names`. All must outlive the task.
net::Task<> examine_kdcs(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, const KerberosHops& hops,
                         HostNames& names, Path& path);

}  // namespace pforte::doctor
