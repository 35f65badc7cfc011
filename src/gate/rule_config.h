#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"
#include "net/network.h"
#include "policy/permits.h"

namespace pforte::gate {

// One `[[site.rule]]`: what holds for a path and everything below it;
// policy::PathRules says which rule decides.
struct RuleConfig {
  conf::Place place;

  // As policy::check_rule_path() wants it: absolute, not encoded.
  conf::Text path;

  // Methods it allows, upper case. Empty: all.
  std::vector<std::string> methods;

  // Clients it allows. Empty: all.
  std::vector<net::Network> from;

  // Oddities of a path that are let through here although they are refused elsewhere.
  policy::Permits permits;

  // Nothing here, whatever a shorter rule allows.
  bool deny = false;

  // Largest request body in bytes here; 0: unlimited. None: the site's limit.
  std::optional<std::uint64_t> body;

  // Backend for this path. None: the site's.
  std::optional<conf::Text> backend;
};

// Reads one `[[site.rule]]`. What is wrong goes to the reader's problems.
RuleConfig read_rule_config(conf::Reader keys);

// Whether a path can stand in a rule or in `allow`, whatever the profile of its backend. Says so if it cannot.
bool is_rule_path(const conf::Text& path, conf::Problems& problems);

}  // namespace pforte::gate
