#include "gate/waiting_line.h"

#include <utility>

namespace pforte::gate {

// Outlives its spot while a waking is on its way to the worker's thread.
struct WaitingLine::Spot::Entry {
  net::Loop* loop;  // good as long as the entry stands in the line
  net::Signal bell;
  bool woken = false;  // under the line's mutex
};

WaitingLine::Spot::Spot(Spot&& other) noexcept : line_(std::exchange(other.line_, nullptr)), place_(other.place_) {}

// Whoever comes behind may find something free, and may be the first now.
WaitingLine::Spot::~Spot() {
  if (!line_) return;
  {
    std::lock_guard lock(line_->mutex_);
    line_->line_.erase(place_);
    line_->waiting_.fetch_sub(1);
  }
  line_->wake_one();
}

net::Signal& WaitingLine::Spot::bell() const {
  return (*place_)->bell;
}

bool WaitingLine::Spot::is_first() const {
  std::lock_guard lock(line_->mutex_);
  return place_ == line_->line_.begin();
}

bool WaitingLine::Spot::take_waking() {
  std::lock_guard lock(line_->mutex_);
  return std::exchange((*place_)->woken, false);
}

std::optional<WaitingLine::Spot> WaitingLine::join(net::Loop& loop, std::size_t most) {
  auto entry = std::make_shared<Spot::Entry>();
  entry->loop = &loop;
  std::lock_guard lock(mutex_);
  if (line_.size() >= most) return std::nullopt;
  line_.push_back(std::move(entry));
  waiting_.fetch_add(1);
  return Spot(*this, std::prev(line_.end()));
}

// Never anybody but the first, or two on different threads could overtake each other. Posted under the lock: as long as
// somebody stands in the line, its loop is there.
void WaitingLine::wake_one() {
  std::lock_guard lock(mutex_);
  if (line_.empty() || line_.front()->woken) return;
  line_.front()->woken = true;
  line_.front()->loop->post([entry = line_.front()] { entry->bell.ring(); });
}

}  // namespace pforte::gate
