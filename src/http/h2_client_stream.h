#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/client_exchange.h"
#include "http/h2_answer.h"
#include "http/h2_head.h"
#include "http/h2_session.h"
#include "http/head_reader.h"
#include "net/frame.h"
#include "net/loop.h"
#include "net/spare.h"

namespace pforte::http {

class H2ClientStream;

// What a stream needs of its connection, which outlives it.
class H2ClientConnection {
 public:
  virtual net::Loop& loop() = 0;
  virtual H2Session& session() = 0;
  // A request has a number from here on; the stream hears what comes.
  virtual void begun(std::int32_t id, H2ClientStream& stream) = 0;
  // `id` is 0 if it never had one.
  virtual void gone(std::int32_t id) = 0;
  // There are frames to send.
  virtual void news() = 0;
  // The server sends what must not be: no further request goes there.
  virtual void distrust() = 0;
  // Why nothing goes over the connection any more; null while it does.
  virtual const Error* lost() const = 0;
  virtual std::string_view scheme() const = 0;

 protected:
  ~H2ClientConnection() = default;
};

// One request to a server over HTTP/2, and its answer. The connection tells it what the server sent and asks it for
// what is to be sent; who uses it learns of both afterwards, by wake_writer() and wake_reader().
//
// Going before the answer is complete, it takes the request back: RST_STREAM with CANCEL.
class H2ClientStream final : public ClientExchange, public net::Pooled {
 public:
  explicit H2ClientStream(H2ClientConnection& connection) : connection_(connection) { answer_.take(); }
  H2ClientStream(const H2ClientStream&) = delete;
  H2ClientStream& operator=(const H2ClientStream&) = delete;
  ~H2ClientStream() override;

  // From the server.
  void take_field(H2Field field, bool valid);
  void take_head(bool ends);
  void take_body(std::string_view bytes);
  void take_end();
  void broke_rule() { broke_rule_ = true; }
  void close(H2Error error);
  void lose(const Error& why);
  // For the server.
  H2Events::Portion give_body(std::span<char> into);

  // Tell whoever waits; both may end with the stream destroyed.
  void wake_writer();
  void wake_reader();

  // ClientExchange.
  void patience(net::Duration patience) override { patience_ = patience; }
  void begin(const RequestHead& head) override;
  net::Task<> write(std::string_view piece, More more, const Fields& trailers) override;
  void abandon_request() override;
  net::Task<const ResponseHead*> read_head() override;
  net::Task<Piece> read_body() override;
  std::optional<Piece> try_body() override;
  const Fields& trailers() const override { return trailers_; }
  net::Signal& arrival() override { return arrived_; }
  void become_tunnel() override { tunnel_ = true; }
  void finish() override {}
  bool answered() const override { return answered_; }

 private:
  // Ends a wait that lasts too long.
  class Deadline final : public net::Timer {
   public:
    Deadline(net::Loop& loop, net::Signal& waits) : Timer(loop.timers()), waits_(waits) {}

   private:
    void on_time() override;
    net::Signal& waits_;
  };

  void fail_with(Error error);
  void take_answer_amiss(const Refusal& why);
  Error failure() const;
  Result<> start(bool ends);
  Result<bool> next_head();
  net::Task<> wait_for_server();
  net::Instant answer_deadline() const;
  bool all_taken() const { return out_.empty() && (!ends_ || all_given_); }

  H2ClientConnection& connection_;
  std::int32_t id_ = 0;  // 0: the server has not been asked
  bool closed_ = false;
  bool broke_rule_ = false;
  std::optional<Error> failure_;
  net::Duration patience_ = std::chrono::seconds(60);

  // The request: what of the piece in hand has not been taken yet.
  const RequestHead* request_ = nullptr;
  H2Answer::Asked asked_;
  std::string_view out_;
  const Fields* out_trailers_ = nullptr;
  bool ends_ = false;       // with what is in hand
  bool all_given_ = false;  // nothing more will be asked for
  bool sent_ = false;       // its last piece has been taken
  bool abandoned_ = false;  // its last piece will never be
  net::Signal taken_;
  Deadline write_deadline_{connection_.loop(), taken_};

  // The answer.
  net::Spare<H2Answer> answer_;  // the head that is coming in
  std::string heads_;            // those that nobody has read yet, as HTTP/1.1 has them
  std::string head_bytes_;       // the one that was read last
  net::Spare<ResponseHead> head_;
  bool final_head_ = false;  // it has come, and what follows are trailers
  bool answered_ = false;
  bool tunnel_ = false;
  std::string body_;
  std::string lent_;
  std::string trailer_bytes_;
  Fields trailers_;
  bool ended_ = false;
  net::Signal arrived_;
  Deadline read_deadline_{connection_.loop(), arrived_};
};

}  // namespace pforte::http
