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

// RFC 9113, 7. Those we send by ourselves.
enum class H2Error : std::uint32_t {
  None = 0x0,
  Internal = 0x2,
  Cancel = 0x8,
  EnhanceYourCalm = 0xb,
  Http11Required = 0xd,
};

// One name and value of a header or trailer section as it is sent: the name in lower case.
struct H2Field {
  std::string_view name;
  std::string_view value;
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

// What comes out of the bytes of a client. Called while bytes are received or collected: nothing may be done with the
// session then but to ask it for frames.
class H2Events {
 public:
  // A request's head begins. False: the stream is refused.
  virtual bool on_head_begin(std::int32_t stream) = 0;
  // One field of a request's head or of its trailers. `valid`: its name and value may stand in a message.
  virtual void on_field(std::int32_t stream, H2Field field, bool valid) = 0;
  virtual void on_head(std::int32_t stream, bool last) = 0;
  virtual void on_data(std::int32_t stream, std::string_view bytes) = 0;
  // The request has ended, with the trailers that came.
  virtual void on_end(std::int32_t stream) = 0;
  // The last frame of our answer has been collected.
  virtual void on_answered(std::int32_t stream) = 0;
  virtual void on_closed(std::int32_t stream) = 0;
  virtual void on_oddity(H2Oddity oddity) = 0;

  // What of the answer's body fits into `into`.
  struct Portion {
    std::size_t bytes = 0;
    bool last = false;      // the body ends with them
    bool trailers = false;  // which do not end the answer: trailers follow
  };
  virtual Portion on_body_wanted(std::int32_t stream, std::span<char> into) = 0;

 protected:
  ~H2Events() = default;
};

// The server's side of one HTTP/2 connection as frames and streams (RFC 9113), without the connection: bytes in, bytes
// out. nghttp2 does the work.
class H2Session {
 public:
  struct Bounds {
    std::uint32_t streams;         // at once
    std::uint32_t stream_window;   // bytes of a body that may come before somebody reads it
    std::uint32_t session_window;  // the same, of all streams together
    std::uint32_t head_bytes;      // told to the client; on_field() must bound what it keeps
  };

  // `events` must outlive the session. Our settings are the first that is collected.
  H2Session(H2Events& events, const Bounds& bounds);
  H2Session(const H2Session&) = delete;
  H2Session& operator=(const H2Session&) = delete;
  ~H2Session();

  // What a client sent. Fails with Kind::Invalid (http2.protocol) when it is not HTTP/2, or broke a rule of the
  // connection; what is collected after that says goodbye.
  Result<> receive(std::string_view bytes);

  // The next bytes to send, valid until the next call; empty when there is nothing to send now.
  std::string_view collect();

  // Neither bytes to come nor to go: the connection is over.
  bool over() const;

  // The head of an answer; `ends`: it has no body. Else on_body_wanted() is asked for it.
  void answer(std::int32_t stream, std::span<const H2Field> head, bool ends);
  void inform(std::int32_t stream, std::span<const H2Field> head);
  void trail(std::int32_t stream, std::span<const H2Field> fields);
  // There is more of the body than on_body_wanted() last found.
  void more_body(std::int32_t stream);
  void reset(std::int32_t stream, H2Error error);
  // Bytes of a request's body have been used, or never will be: as many more may come.
  void consumed(std::int32_t stream, std::size_t bytes);

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
