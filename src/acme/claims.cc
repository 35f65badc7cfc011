#include "acme/claims.h"

#include <algorithm>
#include <utility>

namespace pforte::acme {

Claims::Claim::~Claim() {
  if (!taken_) return;
  std::lock_guard lock(taken_->mutex);
  taken_->holders.erase(id_);
}

std::optional<Claims::Claim> Claims::take(const std::string& id, const std::string& holder) {
  std::lock_guard lock(taken_->mutex);
  std::map<std::string, std::string>& holders = taken_->holders;
  auto is_holder = [&](const auto& one) { return one.second == holder; };
  bool room =
      holders.size() < bounds_.of_all && std::size_t(std::ranges::count_if(holders, is_holder)) < bounds_.of_one;
  if (!room || !holders.emplace(id, holder).second) return std::nullopt;
  return Claim(taken_, id);
}

}  // namespace pforte::acme
