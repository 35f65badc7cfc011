#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "identity/agent.h"
#include "store/store.h"

namespace pforte::identity {

// The agents of a store. Any thread; blocks. Fails as store::Store does; Kind::NotFound (agent.unknown) where there is
// no such agent, Kind::Invalid where a value cannot be one (agent.login, agent.name, agent.principal, agent.group,
// agent.password) and where another agent has the login (agent.taken).
class Agents {
 public:
  explicit Agents(store::Store& store) : store_(store) {}

  // As it is from now on; `agent.number` and `agent.has_password` do not matter. Principals are written as Kerberos
  // does, and need not be free: two agents may claim one, and then neither signs in by it.
  Result<Agent> add(const Agent& agent);
  // Everything but the password, of the agent with that number. Ends its sessions if it takes anything away: a login,
  // a principal, a group, the right to sign in.
  Result<> change(const Agent& agent);
  // Argon2id takes its time; 1 to 1024 bytes. Null: none, so no login with one. Ends the agent's sessions.
  Result<> set_password(const std::string& login, const Secret* password);
  // Disabling ends the agent's sessions; so does removing.
  Result<> set_disabled(const std::string& login, bool disabled);
  Result<> remove(const std::string& login);

  // Whatever the case of its letters (folded_login).
  Result<std::optional<Agent>> find_login(std::string_view login);
  // All that claim it: more than one is a conflict. Exact.
  Result<std::vector<Agent>> find_principal(std::string_view principal);
  Result<std::optional<Agent>> find_number(std::int64_t number);
  // Argon2id; none: no such agent, or no password.
  Result<std::optional<std::string>> password_hash(std::string_view login);

  // Who has a token, if it has not expired. A token is 43 letters of base64url; the store has its digest alone.
  Result<std::optional<Agent>> find_token(std::string_view token);
  // A new token, said this one time. `expires`: none is never.
  Result<Secret> add_token(const std::string& login, const std::string& label,
                           std::optional<std::chrono::system_clock::time_point> expires);

  // Whether there is any that may sign in; and one of them with a principal.
  Result<bool> has_enabled();
  Result<bool> has_enabled_with_principal();

  // In order of login, some hundred at a time; who is added or removed meanwhile may be in it or not.
  Result<> each(const std::function<void(const Agent&)>& look);

 private:
  store::Store& store_;
};

}  // namespace pforte::identity
