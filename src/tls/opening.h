#pragma once

#include <cstddef>
#include <string>

#include "net/buffer.h"
#include "net/stream.h"

namespace pforte::tls {

// What a client has said until it was known which host it wants; maybe a little more.
struct Opening {
  net::Buffer bytes;  // none: it has said nothing
  std::size_t size = 0;
  std::string host;  // see asked_host(); empty: it has named none

  std::string_view view() const { return {bytes.data(), size}; }
};

// Reads as much as it takes to know which host a client asks for, at most kMostHelloBytes and what came with them, for
// a connection whose TLS may not be ours to end. Under the stream's read deadline. Never fails: silence, an end or
// an error shows again to whoever reads on, who must set the deadline anew. `stream` must outlive the task.
net::Task<Opening> read_opening(net::Stream& stream);

}  // namespace pforte::tls
