#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "kerberos/kerberos_config.h"

namespace pforte::kerberos {

// Lets the Kerberos library of this process read STATE_DIR/krb5.conf, and keeps it away from the machine's own tickets,
// keytab and replay cache. Once, at start, before there are threads: it changes the environment.
void point_library_at(const std::string& state_dir);

// Writes STATE_DIR/krb5.conf (mode 0600): what `config` sets itself, then a copy of the krb5.conf it names, or of the
// system's; the library takes the first value of each setting. A later call takes effect within a second, so that a
// reload needs no restart; until then, what becomes of the file that was copied changes nothing.
//
// Fails with Kind::Invalid when the library could not read the result, and with Kind::Unavailable when it cannot be
// written; then the file is as it was.
Result<> use_krb5_config(const KerberosConfig& config, const std::string& state_dir);

// How far clocks may be apart, as the library has it: `clockskew` of the krb5.conf in force, 5 min by default. Replays
// must be remembered for twice as long.
std::chrono::seconds clock_skew_in_force();

}  // namespace pforte::kerberos
