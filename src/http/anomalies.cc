#include "http/anomalies.h"

#include <algorithm>
#include <chrono>

namespace pforte::http {

bool Anomalies::add(std::int64_t points, net::Instant now) {
  std::int64_t faded = std::chrono::duration_cast<std::chrono::milliseconds>(now - at_).count() * kFadePerSecond / 1000;
  if (faded > 0) {
    points_ = std::max<std::int64_t>(0, points_ - faded);
    at_ = now;
  }
  points_ += points;
  return points_ <= kMost;
}

}  // namespace pforte::http
