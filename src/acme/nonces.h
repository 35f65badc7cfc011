#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <unordered_set>

namespace pforte::acme {

// Nonces that were given out and not used yet (RFC 8555, 6.5). The oldest go when there are too many, and all of them
// with the process: who is refused gets another. Any thread.
class Nonces {
 public:
  std::string give();
  // Whether it was given out; then it is used up.
  bool take(const std::string& nonce);

 private:
  std::mutex mutex_;
  std::deque<std::string> order_;         // under mutex_; also of those that were used
  std::unordered_set<std::string> open_;  // under mutex_
};

}  // namespace pforte::acme
