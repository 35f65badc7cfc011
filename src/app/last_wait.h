#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace pforte::app {

// Ends the process where it would go on waiting for threads that are still inside of somebody else's library after all
// has been said: a resolver, a directory, a KDC. Stands before their pool, so that it goes after it.
class LastWait {
 public:
  LastWait() = default;
  LastWait(const LastWait&) = delete;
  LastWait& operator=(const LastWait&) = delete;
  ~LastWait();

  // From now on: where this is not gone after `limit`, the process ends with `status`. Everything was written.
  void begin(std::chrono::milliseconds limit, int status);

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace pforte::app
