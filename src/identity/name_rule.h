#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader.h"
#include "kerberos/principal.h"

namespace re2 {
class RE2;
}

namespace pforte::identity {

// One `[[sign_in.map]]`: a table of principals to logins, or a pattern (RE2) that the whole principal has to match and
// the login it stands for, with \1 for its groups. Immutable; copies share the compiled pattern.
struct NameRule {
  conf::Place place;
  std::map<std::string, std::string> table;  // principals as Principal::to_text() writes them
  std::shared_ptr<const re2::RE2> pattern;   // null: a table
  std::string login;

  // None: it does not match. A principal that needs escapes (a name with '@' or '/' in it) is for tables alone: a
  // pattern would easily take a part of such a name for the realm.
  std::optional<std::string> login_for(std::string_view principal) const;

  // One line, as in the file; the same exactly for rules that do the same.
  std::string to_text() const;
};

// What is wrong goes to the reader's problems; such a rule matches nothing.
NameRule read_name_rule_config(conf::Reader keys);

// Which step found a login for a principal.
struct Mapping {
  enum class By : std::uint8_t { Principal, LoginFallback, Rule };
  By by = By::Principal;
  std::string login;
  const NameRule* rule = nullptr;  // of the PrincipalLogin
};

}  // namespace pforte::identity
