#pragma once

#include <cstdint>

#include "net/timer.h"

namespace pforte::http {

// What a client may do that costs us and brings it nothing, such as asking and taking it back, over and over: seldom
// is fine, always is an attack. Each has its points, which fade.
class Anomalies {
 public:
  static constexpr std::int64_t kMost = 1000;
  static constexpr std::int64_t kFadePerSecond = 50;

  // False: that was once too often.
  bool add(std::int64_t points, net::Instant now);

 private:
  std::int64_t points_ = 0;
  net::Instant at_{};
};

}  // namespace pforte::http
