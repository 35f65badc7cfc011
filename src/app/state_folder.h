#pragma once

#include <memory>
#include <string>

#include "app/certificate_watch.h"
#include "base/error.h"
#include "base/message.h"
#include "conf/problem.h"
#include "gate/accounts.h"
#include "gate/config.h"

namespace pforte::app {

// Where a configuration names its state_dir. Without a line where it is left out.
conf::Place place_of_state_dir(const std::string& file);

// Makes the configuration's state_dir if it is not there. Fails with the code "state.unusable".
Result<> make_state_dir(const gate::Config& config);

// Whether it can be used as it is, or be made below the nearest folder that is there: as far as it shows without doing
// so, for the user who asks. Fails likewise: with Kind::Denied for want of rights, Kind::Invalid where something else
// than a folder is in the way.
Result<> can_use_state_dir(const gate::Config& config);

// The same, told at the line that names it. Whether it can be used.
bool check_state_dir(const gate::Config& config, conf::Problems& problems);

// What to do about something in it that cannot be used: of a damaged store another than of a missing folder.
Message remedy_of_state(const Error& error);

// What the gate keeps there. Null when it cannot be opened: then `problems` has an error, for without accounts nobody
// signs in.
std::unique_ptr<gate::Accounts> open_accounts(const gate::Config& config, conf::Problems& problems);

// The same of the inventory; without it the gate serves all the same, so that `problems` has a warning.
std::unique_ptr<CertificateWatch> open_certificates(const gate::Config& config, conf::Problems& problems);

}  // namespace pforte::app
