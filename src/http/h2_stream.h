#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "http/exchange.h"
#include "http/h2_head.h"
#include "http/h2_request.h"
#include "http/h2_session.h"
#include "http/server.h"
#include "net/frame.h"
#include "net/loop.h"
#include "net/spare.h"
#include "net/together.h"

namespace pforte::http {

// One request and its answer over HTTP/2. The connection tells it what the client sent and asks it for what is to be
// sent; the task that serves it learns of both afterwards, by wake().
class H2Stream final : public Exchange, public net::Pooled {
 public:
  // What a stream needs of its connection, which outlives it.
  struct Connection {
    net::Loop& loop;
    H2Session& session;
    net::Stream& stream;
    const ServerLimits& limits;
    // There are frames to send, or the task has ended.
    std::move_only_function<void()> on_news;
    bool some_over = false;  // streams that may go
  };

  H2Stream(Connection& connection, std::int32_t id);
  H2Stream(const H2Stream&) = delete;
  H2Stream& operator=(const H2Stream&) = delete;
  ~H2Stream() override;

  std::int32_t id() const { return id_; }

  // From the client.
  void take_field(H2Field field, bool valid);
  void take_head(bool ends);
  void take_body(std::string_view bytes);
  void take_end();
  // For the client.
  H2Events::Portion give_body(std::span<char> into);
  void answered();
  // The stream is no more: nothing of it can be read or written.
  void close() {
    closed_ = true;
    connection_.some_over = true;
  }

  // Begins to serve once the head is there, and tells the task of all that has happened since.
  void wake(Service& service);
  // It is closed, and nobody serves it any more.
  bool over() const { return closed_ && (!task_ || task_->result().has_value()); }

  // Exchange.
  const RequestHead& request() const override { return *request_; }
  net::Task<Piece> read_body() override;
  std::optional<Piece> try_body() override;
  void pace(Pace pace) override { pace_.set(pace); }
  bool body_over() const override { return ended_ && body_.empty(); }
  const Fields& request_trailers() const override { return trailers_; }
  net::Task<> inform(const ResponseHead& head) override;
  void begin(const ResponseHead& head) override;
  bool begun() const override { return begun_; }
  net::Task<> write(std::string_view piece, More more, const Fields& trailers) override;
  net::Task<> flush() override { co_return {}; }
  void close_afterwards() override {}
  bool shares_connection() const override { return true; }
  void require_own_connection() override { reset(H2Error::Http11Required); }
  void tell_when_broken(net::Signal* other) override { other_ = other; }
  bool broken() const override { return closed_ || connection_.stream.broken(); }

 private:
  // Ends a wait that lasts too long.
  class Deadline final : public net::Timer {
   public:
    using Late = void (H2Stream::*)();
    Deadline(H2Stream& stream, Late late) : Timer(stream.connection_.loop.timers()), stream_(stream), late_(late) {}

   private:
    void on_time() override { (stream_.*late_)(); }
    H2Stream& stream_;
    Late late_;
  };

  net::Task<> serve(Service& service);
  void task_ended();
  void reset(H2Error error);
  bool all_taken() const { return out_.empty() && (!ends_ || all_given_); }
  std::string_view keep(std::string_view piece);
  void body_is_late();
  void client_is_late();
  net::Duration patience_for_answer() const;

  Connection& connection_;
  std::int32_t id_;
  bool closed_ = false;
  bool reset_ = false;  // by us

  // The request: its head, and of its body what came and what the task has in hand.
  net::Spare<H2Request> fields_;  // until the head is complete
  net::Spare<std::string> head_;
  net::Spare<RequestHead> request_;
  std::optional<Refusal> refusal_;
  bool head_read_ = false;
  bool asks_for_tunnel_ = false;
  std::string body_;
  std::string lent_;
  std::string trailer_bytes_;
  Fields trailers_;
  bool ended_ = false;
  BodyPace pace_;
  net::Signal arrived_;
  Deadline read_deadline_{*this, &H2Stream::body_is_late};

  // The answer: what of the piece in hand has not been taken yet.
  std::string_view out_;
  net::Spare<std::string> kept_;  // a last piece that the task need not wait for
  const Fields* answer_trailers_ = nullptr;
  bool begun_ = false;
  bool bodiless_ = false;
  bool tunnel_ = false;
  bool ends_ = false;       // with what is in hand
  bool all_given_ = false;  // nothing more will be asked for
  bool complete_ = false;   // the task has done its part
  net::Signal taken_;
  Deadline write_deadline_{*this, &H2Stream::client_is_late};

  net::Signal* other_ = nullptr;
  std::optional<net::Beside> task_;
};

}  // namespace pforte::http
