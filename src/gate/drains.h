#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "store/store.h"

namespace pforte::gate {

struct Plan;

// The servers that an administrator has drained: they get no new requests until they are undrained, over reloads and
// restarts, so the store has them. By the name of the backend and the server's URL as url_of() writes it.
class Drains {
 public:
  // Fails as the store does.
  static Result<Drains> read(store::Store& store);

  bool contains(std::string_view backend, std::string_view url) const {
    return servers_.contains({std::string(backend), std::string(url)});
  }
  bool operator==(const Drains&) const = default;

  // Drains those servers of `plan`, and no others; says in the log whom that changes.
  void apply_to(const Plan& plan) const;

 private:
  std::set<std::pair<std::string, std::string>> servers_;
};

// For commands: writes it. True when it was otherwise before. Fails as the store does.
Result<bool> set_drained(store::Store& store, std::string_view backend, std::string_view url, bool drained);

}  // namespace pforte::gate
