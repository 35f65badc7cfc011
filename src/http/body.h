#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/chunked.h"
#include "http/inbox.h"
#include "http/message.h"
#include "net/loop.h"
#include "net/spare.h"
#include "net/stream.h"

namespace pforte::http {

// Some of a body, without its coding. The bytes are valid until the next piece is asked for.
struct Piece {
  std::string_view bytes;
  bool last = false;
};

enum class More : std::uint8_t { Follows, Ends };

// Takes a body out of an inbox, as its framing says.
class BodyReader {
 public:
  enum class Status : std::uint8_t {
    Moved,
    Blocked,
    Cut,      // the sender ended the stream in the middle
    Refused,  // see refusal()
    Failed,   // of the stream
  };
  struct Step {
    Status status;
    Piece piece;
  };

  BodyReader(Inbox& inbox, Sender sender) : inbox_(inbox), decoder_(sender) {}

  void start(const Framing& framing);
  // Everything until the stream's end, for what is no longer HTTP (RFC 9110, 7.8).
  void start_raw() { start({Framing::Kind::UntilClose, 0}); }

  // One attempt; an empty last piece once the body is over.
  Step try_next();

  bool over() const { return over_; }
  const Refusal& refusal() const { return refusal_; }
  const Fields& trailers() const { return decoder_.trailers(); }

 private:
  Step take_length();
  Step take_chunked();
  Step take_rest();

  Inbox& inbox_;
  Framing framing_;
  std::uint64_t left_ = 0;  // of Kind::Length
  bool over_ = true;
  bool refused_ = false;
  ChunkedDecoder decoder_;
  Refusal refusal_{};
};

// Puts a head and the body behind it into a stream, as the framing says. The head leaves together with the first
// piece, or when somebody flushes.
class BodyWriter {
 public:
  explicit BodyWriter(net::Stream& stream) : stream_(stream) {}

  // Where the head is composed, before start().
  std::string& head() {
    head_.take();
    return *head_;
  }
  void start(Framing::Kind framing) { framing_ = framing; }
  void start_raw() { framing_ = Framing::Kind::UntilClose; }

  // Takes a piece, with the head if that has not left, and the end of the body if nothing follows. True when all of it
  // has been taken; else write_rest() goes on with it, and `piece` must stay until then. `trailers` count with the last
  // piece of a chunked body.
  Result<bool> try_write(std::string_view piece, More more, const Fields& trailers = {});

  // Every wait for the peer ends after `patience`.
  net::Task<> write_rest(net::Loop& loop, net::Duration patience);

 private:
  void frame(std::string_view piece, More more, const Fields& trailers);
  Result<bool> write_some();

  net::Stream& stream_;
  Framing::Kind framing_ = Framing::Kind::None;
  net::Spare<std::string> head_;  // while it waits
  std::array<char, 20> chunk_size_{};
  std::string end_of_body_;
  std::array<std::string_view, 4> pieces_;  // what is still to be written
};

}  // namespace pforte::http
