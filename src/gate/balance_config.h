#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "conf/reader.h"

namespace pforte::gate {

enum class Balance : std::uint8_t { RoundRobin, LeastConnections, PowerOfTwo, Hash };

// Who gets the next request: `balance` of a backend, and what goes with it.
struct BalanceConfig {
  Balance by = Balance::LeastConnections;

  // Of Balance::Hash: the field whose value decides, in lower case. Empty, or a request without it: the client's
  // address.
  std::string hash_field;

  // How long a server that has come back takes to get its whole share, from a tenth of it. 0 to 1 h.
  std::chrono::milliseconds slow_start{0};

  // How many requests wait at once, over all workers, while every server has as many as it takes. 0 to 100,000.
  std::size_t queue = 100;
  // Longest wait. 10 ms to 10 min.
  std::chrono::milliseconds queue_time = std::chrono::seconds(5);
};

// Takes the keys about it from a `[[backend]]`.
BalanceConfig read_balance_config(conf::Reader& keys);

}  // namespace pforte::gate
