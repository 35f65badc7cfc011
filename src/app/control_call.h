#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pforte::app {

// What a running gate answered on its control socket.
struct ControlAnswer {
  int status = 0;
  std::string body;
};

// A connection to the gate that listens at `socket_path`, non-blocking; the caller closes it. Fails like call_gate().
Result<int> connect_gate(const std::string& socket_path);

// Asks the gate that listens at `socket_path`, and waits for its whole answer, `limit` at most. For commands: it
// blocks. Fails with Kind::Closed when no gate runs there, Kind::Denied when we may not ask it, Kind::Timeout and
// Kind::Unavailable when it does not answer properly.
Result<ControlAnswer> call_gate(const std::string& socket_path, std::string_view method, std::string_view path,
                                std::chrono::milliseconds limit);

}  // namespace pforte::app
