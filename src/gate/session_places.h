#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace pforte::gate {

// At which server the sessions of an application are, as it was learnt from its cookies: for applications whose session
// ids do not say so. Holds 50,000 to 100,000 sessions, those that are used last, in at most 6 MiB. Any thread.
class SessionPlaces {
 public:
  // The server's hash (Server::hash()); none: nobody has told, or it was long ago.
  std::optional<std::uint64_t> find(std::string_view session);
  void learn(std::string_view session, std::uint64_t server);

 private:
  using Table = std::unordered_map<std::uint64_t, std::uint64_t>;  // by hash_of(session)

  // Two generations: the older goes when the younger is full, so what is used stays.
  static constexpr std::size_t kMostOfGeneration = 50'000;
  void keep(std::uint64_t session, std::uint64_t server);

  std::mutex mutex_;
  Table younger_;  // under mutex_
  Table older_;    // under mutex_
};

}  // namespace pforte::gate
