#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "identity/agents.h"
#include "identity/name_rule.h"
#include "identity/proof_of_agent.h"
#include "identity/sign_in_config.h"
#include "kerberos/acceptor.h"

namespace pforte::identity {

// From a ticket's principal to the agent it stands for: exact principal; then login = primary for the realms listed;
// then the administrator's rules, the first that matches. Any thread; blocks.
class PrincipalLogin {
 public:
  PrincipalLogin(Agents& agents, std::vector<std::string> login_fallback_realms, const SignInConfig& config);

  // Fails with Kind::Denied: sign-in.unknown (nobody has it), sign-in.conflict (two agents claim it; the text names
  // both), sign-in.disabled, sign-in.machine (a computer's account, unless an agent has exactly that principal).
  Result<ProvenAgent> agent_for(const kerberos::Proof& proof);

  // How it would be mapped, for pforte agent map: which step, which login. Same failures.
  Result<Mapping> map(const kerberos::Principal& principal);

 private:
  Agents& agents_;
  std::vector<std::string> login_fallback_realms_;
  std::vector<NameRule> rules_;
  UnknownAgents unknown_agents_;
};

}  // namespace pforte::identity
