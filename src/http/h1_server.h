#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "http/exchange.h"
#include "http/head_reader.h"
#include "http/overlong_head.h"
#include "net/loop.h"
#include "net/spare.h"

namespace pforte::http {

// What a client may cost a connection.
struct ServerLimits {
  Limits head;
  std::chrono::milliseconds idle = std::chrono::seconds(75);       // between two requests
  std::chrono::milliseconds head_time = std::chrono::seconds(15);  // from a head's first byte to its end
};

// The server's side of an HTTP/1.1 connection (RFC 9112): one exchange after the other.
class H1Server final : private Exchange {
 public:
  // All references must outlive the server.
  H1Server(net::Loop& loop, net::Stream& stream, Service& service, const ServerLimits& limits);
  ~H1Server() override;

  // Serves until one side closes. Fails when the stream does.
  net::Task<> run();

  // Ends the connection at once if it is between two requests, else after the answer under way.
  void end_soon();

 private:
  enum class Next : std::uint8_t { Request, Refused, End };
  net::Task<Next> next_request();
  Next read_head();
  Next refuse_head(Refusal refusal);
  Next read_overlong_head();
  Next refuse_overlong_head();
  net::Task<> serve_one();
  net::Task<> discard_rest();
  net::Task<> leave();
  void forget_request();
  Result<net::Duration> patience_for_body() const;
  net::Duration patience_for_answer() const;

  const RequestHead& request() const override { return *request_; }
  net::Task<Piece> read_body() override;
  std::optional<Piece> try_body() override;
  void pace(Pace pace) override { pace_ = pace; }
  bool body_over() const override { return body_.over(); }
  const Fields& request_trailers() const override { return body_.trailers(); }
  net::Task<> inform(const ResponseHead& head) override;
  void begin(const ResponseHead& head) override;
  bool begun() const override { return begun_; }
  net::Task<> write(std::string_view piece, More more, const Fields& trailers) override;
  net::Task<> flush() override;
  void close_afterwards() override { ending_ = true; }
  void tell_when_broken(net::Signal* other) override { stream_.tell_when_broken(other); }
  bool broken() const override { return stream_.broken(); }

  net::Loop& loop_;
  net::Stream& stream_;
  Service& service_;
  const ServerLimits& limits_;
  Inbox inbox_;
  HeadScanner scanner_;
  std::unique_ptr<OverlongHead> overlong_;  // of the request that is refused for its Authorization
  BodyReader body_;
  BodyWriter answer_;
  net::Spare<RequestHead> request_;
  Refusal refusal_{};
  Pace pace_;
  net::Instant head_deadline_ = net::kNever;
  net::Duration body_waited_{};
  std::uint64_t body_bytes_ = 0;
  bool idle_ = false;             // between two requests, waiting
  bool ending_ = false;           // no request after this one
  bool client_finished_ = false;  // between two requests
  bool begun_ = false;
  bool tunnel_ = false;    // both directions are plain bytes
  bool complete_ = false;  // the answer's last piece has been taken
};

}  // namespace pforte::http
