#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "net/address.h"
#include "net/network.h"
#include "policy/path.h"
#include "policy/permits.h"

namespace pforte::policy {

// One rule of a site: who may reach a path and everything below it.
struct Rule {
  enum class Effect : std::uint8_t { Allow, Deny };

  // Segments as text, not encoded: "/rest" matches /rest and /rest/x, never /rest_api. "/" matches everything. A
  // slash at the end does not count.
  std::string path;

  // Methods it holds for, as sent ("GET"). Empty: all.
  std::vector<std::string> methods;

  // Client networks it holds for. Empty: all.
  std::vector<net::Network> from;

  // Groups it holds for: somebody who has signed in and is in one of them. Empty: all, signed in or not.
  std::vector<std::string> groups;

  // Oddities a path may have if this rule decides on it.
  Permits permits;

  Effect effect = Effect::Allow;

  // Line of the configuration; 0 if it comes from elsewhere.
  std::uint32_t line = 0;

  // The caller's own number for it; nothing here looks at it.
  std::size_t tag = 0;
};

// Who asks.
struct Caller {
  const net::Address& address;

  // Of the agent who has signed in, sorted. Null: nobody has.
  const std::vector<std::string>* groups = nullptr;
};

// What becomes of a request.
struct Verdict {
  enum class Kind : std::uint8_t {
    Allowed,
    NeedsGroup,  // would be allowed to somebody in one of the rule's groups: sign in, or 403
    NotAllowed,  // 404, like any path that does not exist
    Refused,     // 400, with `refusal`
  };

  Kind kind = Kind::NotAllowed;

  // Forward exactly `path.forward`. Set only if Allowed or NeedsGroup.
  JudgedPath path;

  // Why. Set only if Refused.
  PathRefusal refusal;

  // The rule that allowed, would allow, or denied; null if none did. Lives as long as the PathRules.
  const Rule* rule = nullptr;
};

// Whether `path` can be a rule's path for this profile: absolute, not encoded, and read by every reader the same way.
// Fails with Kind::Invalid.
Result<> check_rule_path(std::string_view path, PathProfile profile);

// Whether `path` is `place`, the path of a rule, or below it: "/rest" is within "/rest" and "/rest/", "/rest_api" in
// neither. Nothing is decoded.
bool is_within(std::string_view path, std::string_view place, PathProfile profile);

// The rules of a site. What no rule allows is not allowed.
//
// The longest path that matches decides. Of several rules with that path, a Deny that holds for the method and the
// client wins; otherwise one Allow that holds is enough, provided that it permits every oddity the path has. If none
// holds but for its groups, the first such says which are needed. Otherwise the request is not allowed: shorter paths
// are not asked.
//
// Where readers of the path differ, every reading must be decided by the same rules, or the request is refused: behind
// the place where the first difference lies (JudgedPath::certain) no rule's path may reach. So a permit helps only
// inside what its own rule decides. If /rest permits encoded-slash, /rest/a%2fb passes; /rest%2fa does not (it may
// or may not be under /rest), nor does /rest/a%2fb when there is a rule for /rest/a, nor does anything with a dot
// segment behind an encoded slash, which read_path() refuses.
class PathRules {
 public:
  // Every path has passed check_rule_path(); a program that forgot it is ended.
  PathRules(std::vector<Rule> rules, PathProfile profile);

  // Judges the path of a request (no query). Views in the verdict point into `raw_path` and `scratch`.
  Verdict judge(std::string_view raw_path, std::string_view method, const Caller& caller, std::string& scratch) const;

  PathProfile profile() const { return profile_; }

 private:
  // The rules that share a path.
  struct Place {
    std::string path;  // as it is compared; empty for "/"
    std::vector<Rule> rules;
  };

  const Place* decisive(const JudgedPath& path) const;
  bool may_match(const Place& place, const JudgedPath& path) const;
  Verdict decide(const Place* place, const JudgedPath& path, std::string_view method, const Caller& caller) const;

  std::vector<Place> places_;  // longest path first
  Permits permitted_somewhere_;
  PathProfile profile_;
};

}  // namespace pforte::policy
