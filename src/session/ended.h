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

  bool contains(const Session& session) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_set<std::string, Hash, std::equal_to<>> ids_;
  std::unordered_map<std::int64_t, Time> agents_;  // sessions that began until then; 0: of everybody
};

}  // namespace pforte::session
