#pragma once

#include <cstddef>

#include "doctor/path.h"
#include "doctor/setting.h"
#include "identity/ldap_config.h"
#include "identity/ldap_server.h"

namespace pforte::doctor {

// One server of `[ldap]`, and what the gate asks of it.
struct DirectoryWish {
  identity::LdapConfig config;
  identity::LdapServer server;
  bool has_trust = true;  // config.trust is there: of a store that is not PEM the gate makes one, once it has run
};

// Connects as the gate does, signs in as its account, and looks whether somebody is found; tells the path. Changes
// nothing. Never fails because of what the server does. Both must outlive the task.
net::Task<> examine_directory(const Setting& setting, const DirectoryWish& wish, std::size_t hop, Path& path);

}  // namespace pforte::doctor
