#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
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

  bool contains(std::string_view backend, std::string_view url) const { return since(backend, url).has_value(); }
  // Since when; none where it is not drained.
  std::optional<std::chrono::system_clock::time_point> since(std::string_view backend, std::string_view url) const;
  bool operator==(const Drains&) const = default;

  // Drains those servers of `plan`, and no others; says in the log whom that changes.
  void apply_to(const Plan& plan) const;

 private:
  std::map<std::pair<std::string, std::string>, std::chrono::system_clock::time_point> servers_;
};

// For commands: writes it. True when it was otherwise before. Fails as the store does.
Result<bool> set_drained(store::Store& store, std::string_view backend, std::string_view url, bool drained);

}  // namespace pforte::gate
