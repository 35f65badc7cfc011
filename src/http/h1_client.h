#pragma once

#include <memory>
#include <optional>

#include "http/body.h"
#include "http/client_exchange.h"
#include "http/head_reader.h"
#include "net/loop.h"
#include "net/spare.h"

namespace pforte::http {

// The client's side of an HTTP/1.1 connection (RFC 9112): one request, then its answer, then the next.
class H1Client final : public ClientExchange {
 public:
  H1Client(net::Loop& loop, std::unique_ptr<net::Stream> stream);
  H1Client(const H1Client&) = delete;
  H1Client& operator=(const H1Client&) = delete;

  net::Stream& stream() { return *stream_; }

  // ClientExchange, of the request that was begun last.
  void patience(net::Duration patience) override { patience_ = patience; }
  void begin(const RequestHead& head) override;
  net::Task<> write(std::string_view piece, More more, const Fields& trailers = {}) override;
  void abandon_request() override;
  net::Task<const ResponseHead*> read_head() override;
  net::Task<Piece> read_body() override;
  std::optional<Piece> try_body() override;
  const Fields& trailers() const override { return body_.trailers(); }
  net::Signal& arrival() override { return stream_->readable(); }
  void become_tunnel() override;
  void finish() override { stream_->finish(); }
  bool answered() const override { return answered_; }

  // Makes the connection ready for the next request; false when it must not be used again.
  bool rest();

  // Whether the server has signed in the connection, or begun to: then its requests are one client's alone.
  bool signed_in() const { return signed_in_; }

  // While resting: whether the server has neither closed nor spoken.
  bool still_good();

 private:
  // What try_write() of the request has left to be done.
  net::Task<> write_rest(Result<bool> taken, More more);
  void wait_for_answer();
  void set_patience();

  net::Loop& loop_;
  std::unique_ptr<net::Stream> stream_;
  Inbox inbox_;
  HeadScanner scanner_{Sender::Backend};
  BodyReader body_;
  BodyWriter request_;
  net::Spare<ResponseHead> head_;
  net::Duration patience_ = std::chrono::seconds(60);
  Method method_ = Method::Get;
  bool answered_ = false;
  bool keep_alive_ = false;    // of the last answer
  bool signed_in_ = false;     // of any answer
  bool request_sent_ = false;  // its last piece has been taken
  bool abandoned_ = false;     // its last piece will never be
};

}  // namespace pforte::http
