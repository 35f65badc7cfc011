#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "identity/agents.h"
#include "identity/ldap_config.h"
#include "identity/ldap_server_state.h"
#include "identity/lockout.h"
#include "identity/proof_of_agent.h"
#include "identity/provider_answer.h"
#include "identity/services.h"
#include "identity/sign_in_config.h"
#include "net/address.h"

namespace pforte::identity {

class LdapDirectory;

// Signs in with login and password, by asking the providers in their order: the first that knows the password decides.
// A directory that does not answer is left out, and never counts against an account. Any thread; blocks, for seconds
// if a directory is slow.
class PasswordLogin {
 public:
  // `ldap` is null without one. All references must outlive it.
  PasswordLogin(Agents& agents, const SignInConfig& config, const LdapConfig* ldap, Services& services,
                Lockout& lockout);
  ~PasswordLogin();

  // Fails with Kind::Denied: sign-in.wrong (login or password; the same for an unknown login, after the same time),
  // sign-in.unknown (the directory knows them, the store does not), sign-in.disabled; Kind::Limit: sign-in.locked
  // (too many failures of this account or this source; the text says for how long); Kind::Unavailable:
  // sign-in.no-provider (none runs; or one does not answer, and no other knows the password).
  // `answers` tells who was asked, in that order, and what each said.
  Result<ProvenAgent> sign_in(const std::string& login, const Secret& password, const net::Address& source,
                              std::vector<ProviderAnswer>& answers);

  // The directory's servers, in the order in which they are asked; empty without one.
  std::vector<LdapServerState> ldap_servers() const;

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace pforte::identity
