#pragma once

#include <cstdint>

#include "net/loop.h"
#include "net/stream.h"

namespace pforte::gate {

// Told of bytes as they pass.
class RelayGauge {
 public:
  virtual void to_server(std::size_t bytes) = 0;
  virtual void to_client(std::size_t bytes) = 0;

 protected:
  ~RelayGauge() = default;
};

// Carries bytes between two streams, unchanged, until both have finished. Who finishes is said to the other side, and
// may still be sent to. A side that does not take what it is sent is not read for: at most one buffer waits each way.
// All must outlive the task.
//
// Fails with Kind::Timeout once nothing has moved either way for `idle`, and with the error of either stream.
net::Task<> relay(net::Loop& loop, net::Stream& client, net::Stream& server, net::Duration idle, RelayGauge& gauge);

}  // namespace pforte::gate
