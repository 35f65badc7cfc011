#include "app/demo_agents.h"

#include <memory>
#include <optional>

#include "demo/people.h"
#include "identity/agents.h"
#include "store/store.h"

namespace pforte::app {

namespace {

identity::Agent agent_of(const demo::Person& person) {
  identity::Agent agent;
  agent.login = person.login;
  agent.name = person.name;
  if (!person.realm.empty()) agent.principals = {demo::principal_of(person)};
  agent.groups = {std::string(demo::kUsers)};
  if (person.is_admin) agent.groups.emplace_back(demo::kAdmins);
  return agent;
}

}  // namespace

Result<Secret> make_demo_agents(const std::string& state_dir) {
  std::unique_ptr<store::Store> store = TRY(store::open_sqlite(state_dir + "/pforte.db"));
  identity::Agents agents(*store);
  std::string program;
  for (const demo::Person& person : demo::people()) {
    TRY(agents.add(agent_of(person)));
    Secret password(person.password);
    if (person.proof == demo::Proof::Database) TRY(agents.set_password(std::string(person.login), &password));
    if (person.proof == demo::Proof::Token) program = person.login;
  }
  return agents.add_token(program, "demo", std::nullopt);
}

}  // namespace pforte::app
