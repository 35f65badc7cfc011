#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/node_facts.h"
#include "app/sign_in_steps.h"
#include "conf/problem.h"
#include "gate/config.h"

namespace pforte::app {

// Looks at what a configuration names: files, certificates, names. What is wrong goes to the problems. One that does
// not hold is good for its files alone.
using CheckFiles = void (*)(const gate::Config& config, bool holds, conf::Problems& problems);

// `pforte check`. Problems go to standard error, and to standard output what single sign-on needs besides, and with
// --compare what is otherwise on another node; or all of it as one JSON document. Returns the exit status:
// 0 it holds, 1 something it names does not, or differs, 2 the configuration itself, or the other node's document, is
// wrong or cannot be read; then what it names is told of as well, as far as it can be.
int check(const CommandLine& line, CheckFiles check_files);

// All problems in the order of the file, with what is wrong in bold and the severity in its colour if wanted.
std::string problems_text(const conf::Problems& problems, Language language, bool color);

// {"ok": bool, "problems": [{file, line, column, severity, code, message, remedy}...]}, with a line end. severity is
// "error", "warning" or "note" in every language; line and column are 0 where there is none.
std::string problems_json(const conf::Problems& problems, Language language);

// What `pforte check` has found.
struct CheckResult {
  conf::Problems problems;
  std::vector<SignInStep> steps;
  NodeFacts node;
  std::optional<std::vector<NodeDifference>> differences;  // none: nothing was compared
};

// The problems' document, with "steps": [{id, state, message, remedy: [line...]}...], where state is "done", "open" or
// "unseen", "node": {name: value...} and, where nodes were compared, "differences": [{name, here, there, message,
// remedy}...].
std::string check_json(const CheckResult& result, Language language);

}  // namespace pforte::app
