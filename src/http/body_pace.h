#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "net/timer.h"

namespace pforte::http {

// How fast a client must send: a bound for each wait, and for the average once that has passed.
struct Pace {
  std::chrono::milliseconds longest_wait = std::chrono::seconds(30);
  std::uint64_t bytes_per_second = 0;  // 0: any
};

// Holds the sender of one body to a pace. Time in which nobody asked for the body does not count against him.
class BodyPace {
 public:
  void set(Pace pace) { pace_ = pace; }
  const Pace& pace() const { return pace_; }

  void received(std::size_t bytes) { bytes_ += bytes; }
  void waited(net::Duration time) { waited_ += time; }

  // How long the next wait may last. Fails with Kind::Timeout (http.body-too-slow) when there is no time left.
  Result<net::Duration> patience() const;

 private:
  Pace pace_;
  net::Duration waited_{};
  std::uint64_t bytes_ = 0;
};

// What a wait ends with that was too long.
Error body_too_slow();

}  // namespace pforte::http
