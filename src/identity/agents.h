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
// no such login, Kind::Invalid (agent.login, agent.principal, agent.taken) where a value cannot be one.
class Agents {
 public:
  explicit Agents(store::Store& store) : store_(store) {}

  // `agent.number` does not matter. A login is 1 to 128 characters without control characters, blanks at its ends,
  // and ':', so that it can be handed on in a header.
  Result<Agent> add(const Agent& agent);
  // Everything but number and password.
  Result<> change(const Agent& agent);
  // Null password: none, so no login with one. Both end the agent's sessions (agent_end).
  Result<> set_password(const std::string& login, const Secret* password);
  Result<> set_disabled(const std::string& login, bool disabled);
  Result<> remove(const std::string& login);

  // Whatever the case of its letters.
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

  // In order of login.
  Result<> each(const std::function<void(const Agent&)>& look);

 private:
  store::Store& store_;
};

}  // namespace pforte::identity
