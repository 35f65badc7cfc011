#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

struct nghttp2_session;

namespace pforte::http {

// RFC 9113, 7. Those we send by ourselves, or tell apart; a peer may send any number.
enum class H2Error : std::uint32_t {
  None = 0x0,
  Protocol = 0x1,
  Internal = 0x2,
  RefusedStream = 0x7,
  Cancel = 0x8,
  EnhanceYourCalm = 0xb,
  Http11Required = 0xd,
};

// What a peer is told: "REFUSED_STREAM".
std::string_view name_of(H2Error error);

// One name and value of a header or trailer section as it is sent: the name in lower case.
struct H2Field {
  std::string_view name;
  std::string_view value;
  bool secret = false;  // sent so that nobody on the way keeps it in a table (RFC 7541, 7.1.3)
};

// What a peer costs without asking for anything: see Anomalies.
enum class H2Oddity : std::uint8_t {
  Reset,         // it gave up a stream before it was answered
  MadeUsReset,   // it broke the rules of one stream, which we reset
  EmptyData,     // a DATA frame without a byte that ends nothing
  Acknowledged,  // PING and SETTINGS, which are answered
  Priority,      // PRIORITY and PRIORITY_UPDATE
  Continuation,  // a head in many frames
  SmallWindow,   // a WINDOW_UPDATE that allows next to nothing
};

// What comes out of the bytes of a peer. Called while bytes are received or collected: nothing may be done with the
// session then but to ask it for frames.
class H2Events {
 public:
  // A request's head begins. False: the stream is refused.
  virtual bool on_head_begin(std::int32_t /*stream*/) { return true; }
  // One field of a head or of trailers. `valid`: its name and value may stand in a message.
  virtual void on_field(std::int32_t stream, H2Field field, bool valid) = 0;
  // The fields of a request's head are complete; on the client's side those of any head, and of trailers.
  virtual void on_head(std::int32_t stream, bool last) = 0;
  virtual void on_data(std::int32_t stream, std::string_view bytes) = 0;
  // The peer has said all of a message, with the trailers that came.
  virtual void on_end(std::int32_t stream) = 0;
  // The last frame of our message has been collected.
  virtual void on_sent(std::int32_t stream) = 0;
  virtual void on_closed(std::int32_t stream, H2Error error) = 0;
  virtual void on_oddity(H2Oddity oddity) = 0;

  // The peer broke a rule of the stream, which we have reset; 0: of the connection, which ends.
  virtual void on_broken_rule(std::int32_t /*stream*/) {}

  // On the client's side.
  virtual void on_settings() {}
  virtual void on_pong() {}
  // The server takes no more requests; those that it did not take have been closed with RefusedStream.
  virtual void on_goodbye() {}

  // What of our message's body fits into `into`.
  struct Portion {
    std::size_t bytes = 0;
    bool last = false;      // the body ends with them
    bool trailers = false;  // which do not end the message: trailers follow
  };
  virtual Portion on_body_wanted(std::int32_t stream, std::span<char> into) = 0;

 protected:
  ~H2Events() = default;
};

// One side of an HTTP/2 connection as frames and streams (RFC 9113), without the connection: bytes in, bytes out.
// nghttp2 does the work.
class H2Session {
 public:
  enum class Side : std::uint8_t { Server, Client };
  struct Bounds {
    std::uint32_t streams;         // at once, of those the peer begins
    std::uint32_t stream_window;   // bytes of a body that may come before somebody reads it
    std::uint32_t session_window;  // the same, of all streams together
    std::uint32_t head_bytes;      // told to the peer; on_field() must bound what it keeps
  };

  // `events` must outlive the session. Our settings are the first that is collected.
  H2Session(H2Events& events, Side side, const Bounds& bounds);
  H2Session(const H2Session&) = delete;
  H2Session& operator=(const H2Session&) = delete;
  ~H2Session();

  // What the peer sent. Fails with Kind::Invalid (http2.protocol) when it is not HTTP/2, or broke a rule of the
  // connection; what is collected after that says goodbye.
  Result<> receive(std::string_view bytes);

  // The next bytes to send, valid until the next call; empty when there is nothing to send now.
  std::string_view collect();

  // Neither bytes to come nor to go: the connection is over.
  bool over() const;

  // The server's side. The head of an answer; `ends`: it has no body. Else on_body_wanted() is asked for it.
  void answer(std::int32_t stream, std::span<const H2Field> head, bool ends);
  void inform(std::int32_t stream, std::span<const H2Field> head);

  // The client's side. The head of a request, and the number of its stream; 0: there are no numbers left.
  std::int32_t request(std::span<const H2Field> head, bool ends);
  // Answered by on_pong().
  void ping();
  // How many requests the server takes at once, and whether it takes a CONNECT to a WebSocket (RFC 8441).
  std::uint32_t streams_allowed() const;
  bool takes_tunnels() const;

  void trail(std::int32_t stream, std::span<const H2Field> fields);
  // There is more of the body than on_body_wanted() last found.
  void more_body(std::int32_t stream);
  void reset(std::int32_t stream, H2Error error);
  // Bytes of a body have been used, or never will be: as many more may come, of this stream and of all together.
  void consumed(std::int32_t stream, std::size_t bytes);
  // The two by themselves: who keeps bytes of one stream need not keep the others waiting.
  void consumed_of_stream(std::int32_t stream, std::size_t bytes);
  void consumed_of_all(std::size_t bytes);

  // GOAWAY. Announced: new streams are served as before, but the client is to open another connection. Final: streams
  // that we have not heard of yet are not served, and may be asked for again elsewhere. Over: nothing but this leaves.
  void announce_end();
  void end_after_known_streams();
  void end(H2Error error);

 private:
  struct Fields;  // as nghttp2 wants them
  struct Free {
    void operator()(nghttp2_session* session) const;
  };

  H2Events& events_;
  std::unique_ptr<Fields> fields_;
  std::unique_ptr<nghttp2_session, Free> session_;
};

}  // namespace pforte::http
