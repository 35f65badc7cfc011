#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "http/exchange.h"
#include "http/head_reader.h"
#include "http/overlong_head.h"
#include "http/server.h"
#include "net/loop.h"
#include "net/spare.h"

namespace pforte::http {

// The server's side of an HTTP/1.1 connection (RFC 9112): one exchange after the other.
class H1Server final : public Server, private Exchange {
 public:
  // All references must outlive the server.
  H1Server(net::Loop& loop, net::Stream& stream, Service& service, const ServerLimits& limits);
  ~H1Server() override;

  net::Task<> run() override;
  void end_soon() override;

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
  // What try_write() of the answer has left to be done.
  net::Task<> write_rest(Result<bool> taken, More more);
  net::Duration patience_for_answer() const;

  const RequestHead& request() const override { return *request_; }
  net::Task<Piece> read_body() override;
  std::optional<Piece> try_body() override;
  void pace(Pace pace) override { pace_.set(pace); }
  bool body_over() const override { return body_.over(); }
  const Fields& request_trailers() const override { return body_.trailers(); }
  net::Task<> inform(const ResponseHead& head) override;
  void begin(const ResponseHead& head) override;
  bool begun() const override { return begun_; }
  net::Task<> write(std::string_view piece, More more, const Fields& trailers) override;
  net::Task<> flush() override;
  void close_afterwards() override { ending_ = true; }
  bool shares_connection() const override { return false; }
  void require_own_connection() override {}
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
  BodyPace pace_;
  net::Instant head_deadline_ = net::kNever;
  bool idle_ = false;             // between two requests, waiting
  bool ending_ = false;           // no request after this one
  bool client_finished_ = false;  // between two requests
  bool begun_ = false;
  bool tunnel_ = false;    // both directions are plain bytes
  bool complete_ = false;  // the answer's last piece has been taken
};

}  // namespace pforte::http
