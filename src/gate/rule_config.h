#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/reader.h"
#include "gate/cache_config.h"
#include "gate/compress_config.h"
#include "gate/sign_in_need.h"
#include "net/network.h"
#include "policy/path.h"
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

  // What it needs to be signed in. None: as the site says.
  std::optional<SignInNeed> sign_in;

  // Agents it allows. Empty: all.
  std::vector<std::string> groups;

  // Backend for this path. None: the site's.
  std::optional<conf::Text> backend;

  // What is compressed here. None: as the site says.
  std::optional<CompressConfig> compress;

  // Which answers are kept here. None: as the site says.
  std::optional<CacheConfig> cache;
};

// Reads one `[[site.rule]]`. What is wrong goes to the reader's problems.
RuleConfig read_rule_config(conf::Reader keys);

// Whether the path of a rule or in `allow` begins with "/". Says so if it does not. Whether it is unambiguous
// depends on the profile of the backend, so check_config() looks at that.
bool is_absolute(const conf::Text& path, conf::Problems& problems);

// A form of a rule's path that is the same for all spellings of it: no slash at its end, and in lower case where the
// backend does not distinguish.
std::string comparable_path(std::string_view path, policy::PathProfile profile);

}  // namespace pforte::gate
