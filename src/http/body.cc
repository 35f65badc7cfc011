#include "http/body.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "http/compose.h"

namespace pforte::http {

using net::Buffer;
using net::Io;

namespace {

BodyReader::Status status_of(const Io& io) {
  switch (io.status) {
    case Io::Status::Moved:
      return BodyReader::Status::Moved;
    case Io::Status::Blocked:
      return BodyReader::Status::Blocked;
    case Io::Status::Finished:
      return BodyReader::Status::Cut;
    case Io::Status::Failed:
      break;
  }
  return BodyReader::Status::Failed;
}

}  // namespace

void BodyReader::start(const Framing& framing) {
  framing_ = framing;
  left_ = framing.length;
  over_ = framing.kind == Framing::Kind::None || (framing.kind == Framing::Kind::Length && left_ == 0);
  refused_ = false;
  decoder_.reset();
}

BodyReader::Step BodyReader::try_next() {
  if (over_) return {Status::Moved, {{}, true}};
  if (refused_) return {Status::Refused, {}};
  if (inbox_.empty()) {
    Io io = inbox_.try_fill(Buffer::Size::Large);
    bool ended = io.status == Io::Status::Finished && framing_.kind == Framing::Kind::UntilClose;
    if (ended) over_ = true;
    if (ended) return {Status::Moved, {{}, true}};
    if (!io.moved()) return {status_of(io), {}};
  }
  if (framing_.kind == Framing::Kind::Length) return take_length();
  return framing_.kind == Framing::Kind::Chunked ? take_chunked() : take_rest();
}

BodyReader::Step BodyReader::take_length() {
  std::string_view bytes = inbox_.bytes();
  bytes = bytes.substr(0, std::min<std::uint64_t>(bytes.size(), left_));
  left_ -= bytes.size();
  over_ = left_ == 0;
  inbox_.consume(bytes.size());
  return {Status::Moved, {bytes, over_}};
}

BodyReader::Step BodyReader::take_chunked() {
  std::span<char> bytes = inbox_.span();
  auto step = decoder_.decode(bytes);
  if (!step) {
    refusal_ = step.error();
    refused_ = true;
    return {Status::Refused, {}};
  }
  over_ = step->done;
  inbox_.consume(step->consumed);
  return {Status::Moved, {{bytes.data(), step->produced}, over_}};
}

BodyReader::Step BodyReader::take_rest() {
  std::string_view bytes = inbox_.bytes();
  inbox_.consume(bytes.size());
  return {Status::Moved, {bytes, false}};
}

Result<bool> BodyWriter::try_write(std::string_view piece, More more, const Fields& trailers) {
  frame(piece, more, trailers);
  return write_some();
}

net::Task<> BodyWriter::write_rest(net::Loop& loop, net::Duration patience) {
  for (;;) {
    stream_.write_deadline(loop.now() + patience);
    co_await stream_.writable();
    bool done = co_await net::ok(write_some());
    if (done) co_return {};
  }
}

// False when the peer takes no more for now.
Result<bool> BodyWriter::write_some() {
  std::span<std::string_view> pieces(pieces_);
  for (;;) {
    while (!pieces.empty() && pieces.front().empty()) pieces = pieces.subspan(1);
    if (pieces.empty()) break;
    Io io = stream_.try_write(pieces);
    if (io.status == Io::Status::Failed) return std::unexpected(stream_.failure());
    if (io.blocked()) return false;
    for (std::string_view& part : pieces) {
      std::size_t sent = std::min(part.size(), io.bytes);
      part.remove_prefix(sent);
      io.bytes -= sent;
    }
  }
  head_.give_back();
  return true;
}

// Lays out what leaves now in pieces_.
void BodyWriter::frame(std::string_view piece, More more, const Fields& trailers) {
  pieces_ = {head_ ? *head_ : std::string_view(), {}, piece, {}};
  if (framing_ == Framing::Kind::None) pieces_[2] = {};
  if (framing_ == Framing::Kind::Chunked) {
    end_of_body_.clear();
    if (!piece.empty()) {
      char* end = std::to_chars(chunk_size_.data(), chunk_size_.data() + 16, piece.size(), 16).ptr;
      *end++ = '\r';
      *end++ = '\n';
      pieces_[1] = {chunk_size_.data(), end};
      end_of_body_ = "\r\n";
    }
    if (more == More::Ends) {
      end_of_body_ += "0\r\n";
      append_fields(end_of_body_, trailers);
      end_of_body_ += "\r\n";
    }
    pieces_[3] = end_of_body_;
  }
}

}  // namespace pforte::http
