#include "acme/claims.h"

namespace pforte::acme {
namespace {

constexpr std::chrono::seconds kLongestClaim{30};

}  // namespace

bool Claims::take(const std::string& id, Clock::time_point now) {
  std::lock_guard lock(mutex_);
  std::erase_if(taken_, [&](const auto& claim) { return claim.second <= now; });
  return taken_.emplace(id, now + kLongestClaim).second;
}

void Claims::give_back(const std::string& id) {
  std::lock_guard lock(mutex_);
  taken_.erase(id);
}

}  // namespace pforte::acme
