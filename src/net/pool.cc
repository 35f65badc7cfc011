#include "net/pool.h"

namespace pforte::net {

Pool::Pool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

Pool::~Pool() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  news_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::submit(std::move_only_function<void()> piece) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(piece));
  }
  news_.notify_one();
}

void Pool::serve() {
  for (;;) {
    std::move_only_function<void()> piece;
    {
      std::unique_lock lock(mutex_);
      news_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      piece = std::move(waiting_.front());
      waiting_.pop_front();
    }
    piece();
  }
}

}  // namespace pforte::net
