#pragma once

#include <memory>
#include <string>

#include "app/certificate_watch.h"
#include "app/complaint.h"
#include "base/error.h"
#include "base/message.h"
#include "conf/problem.h"
#include "gate/accounts.h"
#include "gate/config.h"
#include "store/store.h"

namespace pforte::app {

// Makes the configuration's state_dir if it is not there. Fails with the code "state.unusable".
Result<> make_state_dir(const gate::Config& config);

// Whether it can be used as it is, or be made below the nearest folder that is there: as far as it shows without doing
// so, for the user who asks. Fails likewise: with Kind::Denied for want of rights, Kind::Invalid where something else
// than a folder is in the way.
Result<> can_use_state_dir(const std::string& state_dir);

// The same, told at the line that names it.
Result<> check_state_dir(const gate::Config& config, conf::Problems& problems);

// What the gate's administrator does about something in it that cannot be used: of a damaged store another than of one
// that belongs to somebody else.
Message remedy_of_state(const std::string& state_dir, const Error& error);

// The store there, for a command, which makes no folder: it would be its user's, not the gate's. Why it cannot be
// opened is told at the line that names the folder.
Answer<std::unique_ptr<store::Store>> open_store(const conf::Text& state_dir);

// What the gate keeps there. Null when it cannot be opened: then `problems` has an error, for without accounts nobody
// signs in.
std::unique_ptr<gate::Accounts> open_accounts(const gate::Config& config, conf::Problems& problems);

// The same of the inventory; without it the gate serves all the same, so that `problems` has a warning.
std::unique_ptr<CertificateWatch> open_certificates(const gate::Config& config, conf::Problems& problems);

}  // namespace pforte::app
