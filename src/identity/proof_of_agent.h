#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "identity/agent.h"
#include "identity/name_rule.h"

namespace pforte::identity {

// Somebody who has proved who they are.
struct ProvenAgent {
  Agent agent;
  Method method = Method::Database;
  std::string principal;            // empty without a ticket
  std::optional<Mapping> found_by;  // of the PrincipalLogin that found them; none without a ticket
  bool created = false;             // just now, for this ticket
  std::vector<std::string> groups;  // the agent's and those of ticket or directory; sorted
  std::optional<std::chrono::system_clock::time_point> not_after;  // of the ticket
};

}  // namespace pforte::identity
