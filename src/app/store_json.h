#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/message.h"
#include "conf/problem.h"
#include "identity/agent.h"
#include "identity/name_rule.h"
#include "identity/services.h"
#include "session/records.h"

namespace pforte::app {

// What the commands on the store print with --json: an object in one line, without its end. The keys are stable; names
// that are no UTF-8 have U+FFFD for it. Instants are RFC 3339 in UTC.

std::string json_of(const identity::Agent& agent);
std::string json_of(const identity::ServiceState& service);
std::string json_of(const session::Record& record);

// A token when it is made.
struct NewToken {
  std::string login;
  std::string label;
  std::string_view token;
  std::optional<std::chrono::system_clock::time_point> expires;
};
std::string json_of(const NewToken& token);

// Whom a principal stands for, or why for nobody.
struct PrincipalMapping {
  std::string principal;
  std::string login = {};  // empty: nobody
  identity::Mapping::By by = identity::Mapping::By::Principal;
  bool exists = false;  // or would be created
  std::optional<conf::Place> rule = {};
  std::string_view code = {};  // why nobody; empty: somebody
  std::string message = {};
};
std::string json_of(const PrincipalMapping& mapping);

// What came of an import.
std::string import_json(std::uint64_t added, const conf::Problems& problems, Language language);

// {"login": ..., "removed": true}
std::string removed_json(const std::string& login);

}  // namespace pforte::app
