#pragma once

#include <cstdint>

namespace pforte::gate {

// How many connections to backends a worker has: what the operator sees. All are changes.
class ConnectionGauge {
 public:
  virtual ~ConnectionGauge() = default;
  virtual void backend_connections(std::int64_t busy, std::int64_t idle) = 0;
  // Of those, how many speak HTTP/2; and the exchanges that go over them.
  virtual void shared_connections(std::int64_t connections) = 0;
  virtual void shared_exchanges(std::int64_t exchanges) = 0;
};

}  // namespace pforte::gate
