#pragma once

#include <chrono>
#include <optional>

#include "http/body.h"
#include "http/message.h"
#include "net/signal.h"
#include "net/task.h"
#include "net/timer.h"

namespace pforte::http {

// Heads of backends: generous, since they are ours to choose.
inline constexpr Limits kAnswerLimits{
    .request_line_bytes = 64UZ * 1024, .head_bytes = 128UZ * 1024, .authorization_bytes = 0, .fields = 1000};

// For the answer of a server that took no more of the request.
inline constexpr std::chrono::seconds kLastWords{2};

// One request to a server and its answer, whatever version of HTTP carries them: the other side of Exchange.
class ClientExchange {
 public:
  virtual ~ClientExchange() = default;

  // Longest silence of the server in any wait. While the request is still being sent, its answer is not awaited.
  virtual void patience(net::Duration patience) = 0;

  // Takes a request's head, which leaves with the first piece of its body; a request without one is written with an
  // empty piece after which nothing follows. `head` and what it points at must stay until the first piece was written.
  virtual void begin(const RequestHead& head) = 0;
  virtual net::Task<> write(std::string_view piece, More more, const Fields& trailers = {}) = 0;

  // The rest of the request cannot be sent: whoever waits for the answer gets it soon or not at all.
  virtual void abandon_request() = 0;

  // The next head of the answer, interim or final, valid until the next call. Fails with Kind::Closed when the server
  // closed before the first byte of it, Kind::Invalid when it is not HTTP, Kind::Timeout when it is silent.
  virtual net::Task<const ResponseHead*> read_head() = 0;
  virtual net::Task<Piece> read_body() = 0;
  // What is at hand of the body; nothing when one would have to wait, or something is wrong.
  virtual std::optional<Piece> try_body() = 0;
  virtual const Fields& trailers() const = 0;

  // What read_head() and read_body() wait for: whoever fails it ends that wait.
  virtual net::Signal& arrival() = 0;

  // After a 101: read_body() and write() carry plain bytes, and finish() says that we send no more.
  virtual void become_tunnel() = 0;
  virtual void finish() = 0;

  // Whether anything of an answer has arrived since begin().
  virtual bool answered() const = 0;
};

}  // namespace pforte::http
