#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"

namespace pforte::gate {

// How an application is told who the agent is: `identity = { ... }` of a backend. Names of header fields; an empty one
// is not sent. No client can send a field of such a name, in whatever spelling.
struct IdentityConfig {
  std::string login = "Remote-User";
  std::string principal = "Pforte-Principal";
  std::string method = "Pforte-Method";
  std::string groups = "Pforte-Groups";
  std::string assertion = "Pforte-Assertion";
  std::string ticket_cache = "Pforte-Ticket-Cache";

  // Those of these names that are not reserved everywhere.
  std::vector<std::string> own_names;

  // The login is handed on as HTTP Basic as well, with the password in the first line of this file (path resolved), for
  // applications that cannot do better. None: the client's own Authorization passes.
  std::optional<conf::Text> basic_password_file;
};

IdentityConfig read_identity_config(conf::Reader keys);

}  // namespace pforte::gate
