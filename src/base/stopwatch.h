#pragma once

#include <chrono>

namespace pforte {

// Adds the time that it lives to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(std::chrono::microseconds& sum) : sum_(sum) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { sum_ += std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began_); }

 private:
  using Clock = std::chrono::steady_clock;

  std::chrono::microseconds& sum_;
  Clock::time_point began_ = Clock::now();
};

}  // namespace pforte
