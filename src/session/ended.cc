#include "session/ended.h"

#include <algorithm>
#include <utility>

namespace pforte::session {

Result<std::shared_ptr<const Ended>> Ended::read(store::Store& store) {
  auto ended = std::make_shared<Ended>();
  TRY(store.read("SELECT id FROM session_end WHERE until > ?", {store::now_in_store()},
                 [&](const store::Row& row) { ended->ids_.emplace(row.text(0)); }));
  // A clock that was set back must not end what begins from now on.
  std::int64_t now = store::now_in_store();
  TRY(store.read("SELECT agent, at FROM agent_end", {}, [&](const store::Row& row) {
    Time at = from_milliseconds(std::min(row.number(1), now));
    if (row.number(0) == 0)
      ended->everybody_ = at;
    else
      ended->agents_.emplace(row.number(0), at);
  }));
  return ended;
}

bool Ended::contains(const Session& session) const {
  if (session.began <= everybody_) return true;
  if (!ids_.empty() && ids_.contains(std::string_view(session.id))) return true;
  if (agents_.empty()) return false;
  auto agent = agents_.find(session.agent);
  return agent != agents_.end() && session.began <= agent->second;
}

}  // namespace pforte::session
