#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "demo/authority.h"
#include "demo/browsers.h"
#include "demo/directory.h"
#include "demo/realms.h"

namespace pforte::demo {

// All that stands for the demo's gate, which its configuration and its greeting speak of.
struct Stage {
  std::string folder;   // everything is in it, the gate's state in "state"
  std::string program;  // how to call pforte from anywhere
  Papers papers;
  BrowserProfiles browsers;
  std::uint16_t application_port = 0;
  std::optional<RealmFiles> realms;          // none: no Kerberos in this demo
  std::optional<DirectoryAccess> directory;  // none: no LDAP
  std::string token;                         // of the agent "partner"
  bool is_root = false;                      // who runs it
  bool has_ipv6 = false;                     // whether anybody can listen at ::1
};

}  // namespace pforte::demo
