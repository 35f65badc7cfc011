#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/agents.h"
#include "identity/name_rule.h"
#include "identity/proof_of_agent.h"
#include "identity/sign_in_config.h"
#include "kerberos/acceptor.h"

namespace pforte::identity {

// From a ticket's principal to the agent it stands for. Any thread; blocks. The first of these steps that finds one:
//
// 1. The agent that has exactly this principal.
// 2. The agent whose login is exactly the primary, if it has no principals of its own and the realm is listed. Not for
//    names with an instance, nor for those that need escapes: "user/admin@R" and "susan\@x@R" are not "user" and
//    "susan".
// 3. The agent whose login is exactly what the first of the administrator's rules that matches says.
//
// Where the configuration says so, who is not found is created, by the login of step 3 or else 2, with this principal;
// never by the name of somebody who is there already. Groups of a ticket are for the session alone: they come with each
// ticket, and one kept in the store would outlive its removal in the domain.
class PrincipalLogin {
 public:
  PrincipalLogin(Agents& agents, std::vector<std::string> login_fallback_realms, const SignInConfig& config);

  // Fails with Kind::Denied: sign-in.unknown (nobody has it), sign-in.conflict (two agents claim it; the text names
  // both), sign-in.disabled, sign-in.machine (a computer's account, unless an agent has exactly that principal).
  Result<ProvenAgent> agent_for(const kerberos::Proof& proof);

  // How it would be mapped, for pforte agent map: which step, which login. Same failures; creates nobody.
  Result<Mapping> map(const kerberos::Principal& principal);

  // Which step it comes to, and with which login, even where map() refuses it with sign-in.unknown or sign-in.disabled;
  // an empty login: no step has one. Fails with sign-in.conflict and sign-in.machine.
  Result<Mapping> farthest(const kerberos::Principal& principal);

 private:
  struct Choice;

  Result<Choice> choose(const kerberos::Principal& principal);
  bool may_fall_back(const kerberos::Principal& principal) const;
  Result<std::optional<Agent>> find_exact_login(const std::string& login);
  Result<Agent> create(const std::string& login, const std::string& principal, const std::string& name);

  Agents& agents_;
  std::vector<std::string> login_fallback_realms_;
  std::vector<NameRule> rules_;
  UnknownAgents unknown_agents_;
};

}  // namespace pforte::identity
