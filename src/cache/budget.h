#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace pforte::cache {

// The memory that a cache may use: what is stored, what is being received to be stored, and what was thrown out while
// somebody is still being sent it. Safe on all threads.
class Budget {
 public:
  explicit Budget(std::size_t limit) : limit_(limit) {}

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  std::size_t limit() const { return limit_.load(std::memory_order_relaxed); }
  void limit(std::size_t bytes) { limit_.store(bytes, std::memory_order_relaxed); }

  // False when there is no room.
  bool take(std::size_t bytes) {
    std::size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= limit()) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> limit_;
};

// Part of a budget, given back when it goes.
class Charge {
 public:
  explicit Charge(std::shared_ptr<Budget> budget) : budget_(std::move(budget)) {}
  Charge(Charge&& other) noexcept : budget_(std::move(other.budget_)), bytes_(std::exchange(other.bytes_, 0)) {}
  Charge& operator=(Charge&&) = delete;
  ~Charge() {
    if (bytes_ > 0) budget_->give_back(bytes_);
  }

  std::size_t bytes() const { return bytes_; }
  // False when there is no room; then nothing has changed.
  bool add(std::size_t bytes) {
    if (!budget_->take(bytes)) return false;
    bytes_ += bytes;
    return true;
  }
  void reduce(std::size_t bytes) {
    budget_->give_back(bytes);
    bytes_ -= bytes;
  }

 private:
  std::shared_ptr<Budget> budget_;
  std::size_t bytes_ = 0;
};

}  // namespace pforte::cache
