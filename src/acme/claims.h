#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace pforte::acme {

// What somebody works at right now, by its id, so that nobody else does. Kept in memory: after a start nobody works at
// anything. A claim that was not given back ends by itself after 30 s. Any thread.
class Claims {
 public:
  using Clock = std::chrono::steady_clock;

  // Whether it is ours now; false: somebody has it.
  bool take(const std::string& id, Clock::time_point now = Clock::now());
  void give_back(const std::string& id);

 private:
  std::mutex mutex_;
  std::map<std::string, Clock::time_point> taken_;  // under mutex_; until when
};

}  // namespace pforte::acme
