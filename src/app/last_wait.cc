#include "app/last_wait.h"

#include <cstdlib>

namespace pforte::app {

LastWait::~LastWait() {
  if (!thread_.joinable()) return;
  {
    std::scoped_lock lock(mutex_);
    is_over_ = true;
  }
  over_.notify_all();
  thread_.join();
}

void LastWait::begin(std::chrono::milliseconds limit, int status) {
  thread_ = std::thread([this, limit, status] {
    std::unique_lock lock(mutex_);
    if (!over_.wait_for(lock, limit, [this] { return is_over_; })) std::_Exit(status);
  });
}

}  // namespace pforte::app
