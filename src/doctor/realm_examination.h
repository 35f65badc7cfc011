#pragma once

#include "doctor/host_names.h"
#include "doctor/kerberos_path.h"

namespace pforte::doctor {

// Asks DNS where the KDCs of the realms are, as MIT krb5 does, and what the hosts at which people sign in are called
// there: aliases and addresses lead to other names of services. All must outlive the task.
// Source: RFC 4120, 7.2.3; RFC 2782; krb5.conf(5), dns_lookup_kdc.
net::Task<> examine_realms(HostNames& names, const KerberosFacts& facts, const KerberosHops& hops, Path& path);

}  // namespace pforte::doctor
