#pragma once

#include "app/complaint.h"
#include "app/store_command.h"

namespace pforte::app {

// `pforte agent ...`, one function for each command; the exit status, or why it is not done.

Answer<int> add_agent(const StoreCall& call);
Answer<int> list_agents(const StoreCall& call);
Answer<int> show_agent(const StoreCall& call);
Answer<int> set_agent(const StoreCall& call);
Answer<int> set_agent_password(const StoreCall& call);
Answer<int> make_agent_token(const StoreCall& call);
Answer<int> enable_agent(const StoreCall& call);
Answer<int> disable_agent(const StoreCall& call);
Answer<int> remove_agent(const StoreCall& call);

}  // namespace pforte::app
