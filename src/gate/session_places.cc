#include "gate/session_places.h"

#include <utility>

#include "gate/rendezvous.h"

namespace pforte::gate {

std::optional<std::uint64_t> SessionPlaces::find(std::string_view session) {
  std::uint64_t key = hash_of(session);
  std::lock_guard lock(mutex_);
  if (auto found = younger_.find(key); found != younger_.end()) return found->second;
  auto found = older_.find(key);
  if (found == older_.end()) return std::nullopt;
  std::uint64_t server = found->second;
  keep(key, server);
  return server;
}

void SessionPlaces::learn(std::string_view session, std::uint64_t server) {
  std::lock_guard lock(mutex_);
  keep(hash_of(session), server);
}

void SessionPlaces::keep(std::uint64_t session, std::uint64_t server) {
  if (younger_.size() >= kMostOfGeneration && !younger_.contains(session)) {
    older_ = std::exchange(younger_, {});
  }
  younger_[session] = server;
}

}  // namespace pforte::gate
