#pragma once

#include <chrono>
#include <cstdint>

#include "http/message.h"
#include "net/task.h"

namespace pforte::http {

// What a client may cost a connection.
struct ServerLimits {
  Limits head;
  std::chrono::milliseconds idle = std::chrono::seconds(75);       // between two requests
  std::chrono::milliseconds head_time = std::chrono::seconds(15);  // from a head's first byte to its end
  std::uint32_t streams = 100;                                     // requests at once; HTTP/2 only
};

// How long a client may take nothing of an answer.
inline constexpr std::chrono::seconds kAnswerPatience{75};

// The server's side of one connection, in whatever version of HTTP.
class Server {
 public:
  virtual ~Server() = default;

  // Serves until one side closes. Fails when the stream does.
  virtual net::Task<> run() = 0;

  // Ends the connection at once if it is between two requests, else after the answers under way.
  virtual void end_soon() = 0;
};

}  // namespace pforte::http
