#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "http/message.h"

namespace pforte::http {

// Takes the chunked coding off a body, in place and in any cut (RFC 9112, 7.1).
//
// Chunk extensions are checked and dropped. A chunk's line has at most 256 bytes, all extensions of a body 8 KiB,
// the trailer section 8 KiB. White space in a chunk's line is refused.
class ChunkedDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;  // bytes of the body taken; all of them unless done
    std::size_t produced = 0;  // bytes of content, now at the front of the span
    bool done = false;         // the last chunk and the trailers are complete; the rest is not of this body
  };

  explicit ChunkedDecoder(Sender sender = Sender::Client) : sender_(sender) {}
  // Trailers are views into the decoder.
  ChunkedDecoder(const ChunkedDecoder&) = delete;
  ChunkedDecoder& operator=(const ChunkedDecoder&) = delete;

  // Bytes beyond `consumed` are left as they were. Not to be called again once done or refused, but for reset().
  [[nodiscard]] std::expected<Step, Refusal> decode(std::span<char> bytes);

  // Complete once done; valid until reset(). Never holds fields about framing, routing or authentication.
  const Fields& trailers() const { return trailers_; }

  // Ready for the next body.
  void reset();

 private:
  // Those up to LineLf are about the size, those up to QuotedEnd about extensions.
  enum class State : std::uint8_t {
    SizeFirst,
    Size,
    LineLf,
    NameFirst,
    Name,
    ValueFirst,
    Value,
    Quoted,
    Escape,
    QuotedEnd,
    Data,
    DataCr,
    DataLf,
    Trailers,
    Done,
  };

  const Refusal* read_byte(char byte);
  const Refusal* read_size_byte(char byte);
  const Refusal* read_extension_byte(char byte);
  const Refusal* end_item(char byte, const Refusal& otherwise);
  const Refusal* end_line();
  const Refusal* read_trailer_byte(char byte);
  const Refusal* read_trailers();

  Sender sender_;
  State state_ = State::SizeFirst;
  std::uint16_t line_bytes_ = 0;
  std::uint16_t extension_bytes_ = 0;
  std::uint64_t left_ = 0;  // of the current chunk
  std::string trailer_bytes_;
  Fields trailers_;
};

}  // namespace pforte::http
