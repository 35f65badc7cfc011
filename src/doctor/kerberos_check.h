#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "doctor/kerberos_path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// Examines what signing in by tickets rests on: configuration, krb5.conf, names of services, keytabs.
net::Task<> examine_kerberos(const Setting& setting, std::shared_ptr<const KerberosFacts> facts, KerberosHops hops,
                             Path& path);

// The path of a keytab file by itself: from the gate to it.
Path path_of_keytab(const std::string& file);

// Examines a keytab file: its form, what is in it, who can read and change it. `user` is to read it.
net::Task<> examine_keytab(const Setting& setting, std::string file, uid_t user, Path& path);

}  // namespace pforte::doctor
