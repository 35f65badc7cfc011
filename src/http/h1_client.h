#pragma once

#include <memory>
#include <optional>

#include "http/body.h"
#include "http/head_reader.h"
#include "net/loop.h"
#include "net/spare.h"

namespace pforte::http {

// The client's side of an HTTP/1.1 connection (RFC 9112): one request, then its answer, then the next.
class H1Client {
 public:
  H1Client(net::Loop& loop, std::unique_ptr<net::Stream> stream);
  H1Client(const H1Client&) = delete;
  H1Client& operator=(const H1Client&) = delete;

  net::Stream& stream() { return *stream_; }

  // Longest silence of the server in any wait of this connection. While the request is still being sent, its answer is
  // not awaited.
  void patience(net::Duration patience) { patience_ = patience; }

  // Takes a request's head, which leaves with the first piece of its body; a request without one is written with an
  // empty piece after which nothing follows.
  void begin(const RequestHead& head);
  net::Task<> write(std::string_view piece, More more, const Fields& trailers = {});

  // The rest of the request cannot be sent: whoever waits for the answer gets it soon or not at all.
  void abandon_request();

  // The next head of the answer, interim or final, valid until the next call. Fails with Kind::Closed when the server
  // closed before the first byte of it, Kind::Invalid when it is not HTTP, Kind::Timeout when it is silent. A failure
  // of `abandoned` comes through: see net::Signal.
  net::Task<const ResponseHead*> read_head();
  net::Task<Piece> read_body();
  // What is at hand of the body; nothing when one would have to wait, or something is wrong.
  std::optional<Piece> try_body();
  const Fields& trailers() const { return body_.trailers(); }

  // After a 101: read_body() and write() carry plain bytes.
  void become_tunnel();

  // Whether anything of an answer has arrived since begin().
  bool answered() const { return answered_; }

  // Makes the connection ready for the next request; false when it must not be used again.
  bool rest();

  // Whether the server has signed in the connection, or begun to: then its requests are one client's alone.
  bool signed_in() const { return signed_in_; }

  // While resting: whether the server has neither closed nor spoken.
  bool still_good();

 private:
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
