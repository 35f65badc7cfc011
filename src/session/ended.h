#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/error.h"
#include "session/session.h"
#include "store/store.h"

namespace pforte::session {

// Which sessions were ended before their time: by logout, by an administrator, with their agent. Immutable; every
// worker has the newest. Empty most of the time, so a request costs a look at two empty tables.
class Ended {
 public:
  // What the store says now. Fails as the store does.
  static Result<std::shared_ptr<const Ended>> read(store::Store& store);

  // A session that began in the very millisecond in which its agent's were ended is one of them.
  bool contains(const Session& session) const;

  bool operator==(const Ended&) const = default;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> ids_;
  Time everybody_ = Time::min();                   // sessions that began until then
  std::unordered_map<std::int64_t, Time> agents_;  // the same for each agent
};

}  // namespace pforte::session
