#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "conf/problem.h"
#include "identity/agent.h"

namespace pforte::app {

// Reads the agents of a CSV text (RFC 4180, UTF-8, with or without byte order mark). Its header names the columns, in
// any order: login, name, mail, principals, groups; only login must be there. Columns are separated by ";" if one
// stands in the header, as a German Excel writes, else by ",". In a cell, ";", "|" and "," separate several principals
// or groups. Lines without a login and anything else are passed over.
//
// What is wrong with a line goes to `problems` with its place in `file`, and the next is read. Stops with the failure
// of `take`, and fails with nothing else. Whether the agents' values can be such is not looked at.
Result<> each_agent_in(std::string_view text, const std::string& file, conf::Problems& problems,
                       const std::function<Result<>(std::uint32_t line, const identity::Agent& agent)>& take);

// "a,b": texts between any of `separators`, without blanks at their ends; empty ones do not count.
std::vector<std::string> split(std::string_view text, std::string_view separators);

}  // namespace pforte::app
