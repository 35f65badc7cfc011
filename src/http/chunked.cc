#include "http/chunked.h"

#include <algorithm>
#include <cstring>

#include "http/field_lines.h"
#include "http/octets.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

constexpr std::size_t kMaxLineBytes = 256;
constexpr std::size_t kMaxExtensionBytes = std::size_t{8} * 1024;
constexpr std::uint64_t kMaxBeforeDigit = (std::uint64_t{1} << 59) - 1;  // times 16 still fits into 63 bits

std::uint64_t digit_value(char hex) {
  return static_cast<std::uint64_t>(is_digit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10);
}

}  // namespace

std::expected<ChunkedDecoder::Step, Refusal> ChunkedDecoder::decode(std::span<char> bytes) {
  Step step;
  while (step.consumed < bytes.size() && state_ != State::Done) {
    if (state_ == State::Data) {
      auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - step.consumed));
      if (step.produced != step.consumed)
        std::memmove(bytes.data() + step.produced, bytes.data() + step.consumed, count);
      step.produced += count;
      step.consumed += count;
      left_ -= count;
      if (left_ == 0) state_ = State::DataCr;
      continue;
    }
    const Refusal* why = read_byte(bytes[step.consumed++]);
    if (why) return std::unexpected(refusal::from(sender_, *why));
  }
  step.done = state_ == State::Done;
  return step;
}

void ChunkedDecoder::reset() {
  state_ = State::SizeFirst;
  line_bytes_ = 0;
  extension_bytes_ = 0;
  left_ = 0;
  trailer_bytes_.clear();
  trailers_.clear();
}

// Any byte that is not content.
const Refusal* ChunkedDecoder::read_byte(char byte) {
  switch (state_) {
    case State::DataCr:
      state_ = State::DataLf;
      return byte == '\r' ? nullptr : &refusal::kChunkEnd;
    case State::DataLf:
      state_ = State::SizeFirst;
      line_bytes_ = 0;
      return byte == '\n' ? nullptr : &refusal::kChunkEnd;
    case State::Trailers:
      return read_trailer_byte(byte);
    default:
      if (++line_bytes_ > kMaxLineBytes) return &refusal::kChunkLine;
      return state_ <= State::LineLf ? read_size_byte(byte) : read_extension_byte(byte);
  }
}

// 1*HEXDIG, then an extension or the end of the line.
const Refusal* ChunkedDecoder::read_size_byte(char byte) {
  if (state_ == State::LineLf) return byte == '\n' ? end_line() : &refusal::kBareCr;
  if (is(Octet::Hex, byte)) {
    if (left_ > kMaxBeforeDigit) return &refusal::kChunkSize;
    left_ = left_ * 16 + digit_value(byte);
    state_ = State::Size;
    return nullptr;
  }
  return state_ == State::Size ? end_item(byte, refusal::kChunkSize) : &refusal::kChunkSize;
}

// *( ";" token [ "=" ( token / quoted-string ) ] ), without the white space that RFC 9112, 7.1.1 asks to put up with.
const Refusal* ChunkedDecoder::read_extension_byte(char byte) {
  if (++extension_bytes_ > kMaxExtensionBytes) return &refusal::kChunkExtension;
  switch (state_) {
    case State::NameFirst:
      state_ = State::Name;
      return is_token_char(byte) ? nullptr : &refusal::kChunkExtension;
    case State::Name:
      if (is_token_char(byte)) return nullptr;
      if (byte != '=') return end_item(byte, refusal::kChunkExtension);
      state_ = State::ValueFirst;
      return nullptr;
    case State::ValueFirst:
      state_ = byte == '"' ? State::Quoted : State::Value;
      return byte == '"' || is_token_char(byte) ? nullptr : &refusal::kChunkExtension;
    case State::Value:
      return is_token_char(byte) ? nullptr : end_item(byte, refusal::kChunkExtension);
    case State::Quoted:
      if (byte == '"') state_ = State::QuotedEnd;
      if (byte == '\\') state_ = State::Escape;
      return is_control(byte) ? &refusal::kChunkExtension : nullptr;
    case State::Escape:
      state_ = State::Quoted;
      return is_control(byte) ? &refusal::kChunkExtension : nullptr;
    default:
      return end_item(byte, refusal::kChunkExtension);
  }
}

// What may follow the size and each extension.
const Refusal* ChunkedDecoder::end_item(char byte, const Refusal& otherwise) {
  if (byte == '\n') return &refusal::kBareLf;
  if (byte != ';' && byte != '\r') return &otherwise;
  state_ = byte == ';' ? State::NameFirst : State::LineLf;
  return nullptr;
}

const Refusal* ChunkedDecoder::end_line() {
  line_bytes_ = 0;
  state_ = left_ > 0 ? State::Data : State::Trailers;
  return nullptr;
}

const Refusal* ChunkedDecoder::read_trailer_byte(char byte) {
  if (trailer_bytes_.size() == kMaxTrailerBytes) return &refusal::kTrailersTooLarge;
  if (byte == '\n' && !trailer_bytes_.ends_with('\r')) return &refusal::kBareLf;
  trailer_bytes_ += byte;
  bool complete = trailer_bytes_ == "\r\n" || trailer_bytes_.ends_with("\r\n\r\n");
  return complete ? read_trailers() : nullptr;
}

const Refusal* ChunkedDecoder::read_trailers() {
  if (const Refusal* why = read_trailer_lines(trailer_bytes_, trailers_)) return why;
  state_ = State::Done;
  return nullptr;
}

}  // namespace pforte::http
