#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "http/body.h"
#include "http/body_pace.h"
#include "http/message.h"
#include "net/address.h"
#include "net/signal.h"
#include "net/task.h"

namespace pforte::http {

// One request and its answer, whatever version of HTTP carries them. The request's views live as long as the exchange.
//
// The answer is begun once, or never; it ends with the piece after which nothing follows. An exchange that ends
// without one drops its connection (HTTP/1) or resets its stream (HTTP/2).
class Exchange {
 public:
  virtual ~Exchange() = default;

  virtual const RequestHead& request() const = 0;

  // The next piece of the request's body; an empty last one if there is none. Fails with Kind::Invalid when its coding
  // is broken, Kind::Timeout when the client is slower than the pace, Kind::Closed when it went away.
  virtual net::Task<Piece> read_body() = 0;
  // What is at hand of it; nothing when one would have to wait, or something is wrong.
  virtual std::optional<Piece> try_body() = 0;
  virtual void pace(Pace pace) = 0;
  virtual bool body_over() const = 0;
  virtual const Fields& request_trailers() const = 0;

  // An interim answer (1xx, but 101).
  virtual net::Task<> inform(const ResponseHead& head) = 0;

  // Takes the head of the answer; it leaves with the first piece. A status of 101 turns both directions into plain
  // bytes: read_body() and write() carry them. Framing that the version cannot express is replaced.
  virtual void begin(const ResponseHead& head) = 0;
  virtual bool begun() const = 0;
  // An empty piece that others follow sends the head alone.
  virtual net::Task<> write(std::string_view piece, More more, const Fields& trailers = {}) = 0;

  // Ends when all that was written has been handed to the system: before one waits for something else than the client.
  virtual net::Task<> flush() = 0;

  // The connection ends after this exchange. Where it carries others at the same time, only this one's request does.
  virtual void close_afterwards() = 0;

  // Whether others go on over the same connection meanwhile: then nobody can sign in the connection.
  virtual bool shares_connection() const = 0;
  // Ends the exchange unanswered: the client is to ask again over a connection that it does not share
  // (RFC 9113, 7: HTTP_1_1_REQUIRED). Only of exchanges that share theirs.
  virtual void require_own_connection() = 0;

  // See net::Stream.
  virtual void tell_when_broken(net::Signal* other) = 0;
  virtual bool broken() const = 0;
};

// What happens with exchanges: the gate, the operator's pages, the demo's application.
class Service {
 public:
  virtual ~Service() = default;

  // Answers. An error means that the answer could not be completed.
  virtual net::Task<> serve(Exchange& exchange) = 0;

  // Answers a request that was refused before it could be understood: `exchange.request()` may be incomplete.
  virtual net::Task<> refuse(Exchange& exchange, Refusal refusal) = 0;
};

}  // namespace pforte::http
