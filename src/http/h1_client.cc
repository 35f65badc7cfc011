#include "http/h1_client.h"

#include <array>

#include "http/compose.h"
#include "http/refusal.h"

namespace pforte::http {

using net::Buffer;
using net::Io;

H1Client::H1Client(net::Loop& loop, std::unique_ptr<net::Stream> stream)
    : loop_(loop), stream_(std::move(stream)), inbox_(*stream_), body_(inbox_, Sender::Backend), request_(*stream_) {}

void H1Client::begin(const RequestHead& head) {
  method_ = head.method;
  answered_ = false;
  keep_alive_ = false;
  request_sent_ = false;
  abandoned_ = false;
  append_request_head(request_.head(), head);
  request_.start(head.body.kind);
}

net::Task<> H1Client::write(std::string_view piece, More more, const Fields& trailers) {
  Result<bool> taken = request_.try_write(piece, more, trailers);
  if (!taken || !*taken || !stream_->try_flush().moved()) return write_rest(std::move(taken), more);
  if (more == More::Ends) wait_for_answer();
  return net::Task<>::done();
}

net::Task<> H1Client::write_rest(Result<bool> taken, More more) {
  bool all = co_await net::ok(std::move(taken));
  if (!all) co_await request_.write_rest(loop_, patience_);
  if (!stream_->try_flush().moved()) {
    stream_->write_deadline(loop_.now() + patience_);
    co_await flush(*stream_);
  }
  if (more == More::Ends) wait_for_answer();
  co_return {};
}

void H1Client::wait_for_answer() {
  request_sent_ = true;
  stream_->read_deadline(loop_.now() + patience_);
}

net::Task<const ResponseHead*> H1Client::read_head() {
  for (;;) {
    if (!inbox_.empty()) {
      auto length = http::read_head(scanner_, inbox_.bytes(), kAnswerLimits, [this](std::string_view head) {
        head_.take();
        return parse_response_head(head, kAnswerLimits, method_, *head_);
      });
      if (!length) co_return std::unexpected(refusal::error_of(length.error()));
      if (*length > 0) {
        inbox_.consume(*length);
        body_.start(head_->body);
        keep_alive_ = head_->keep_alive && !head_->is_interim();
        signed_in_ |= head_->signs_in_connection;
        co_return &*head_;
      }
    }
    Io io = inbox_.try_fill(Buffer::Size::Medium);
    if (io.moved()) answered_ = true;
    if (io.status == Io::Status::Failed) co_return std::unexpected(stream_->failure());
    if (io.status == Io::Status::Finished && answered_) {
      co_return fail(Kind::Invalid, "backend.head-cut", "the server closed in the middle of a head");
    }
    if (io.status == Io::Status::Finished) {
      co_return fail(Kind::Closed, "backend.closed", "the server closed without an answer");
    }
    if (!io.blocked()) continue;
    set_patience();
    co_await stream_->readable();
  }
}

net::Task<Piece> H1Client::read_body() {
  for (;;) {
    BodyReader::Step step = body_.try_next();
    switch (step.status) {
      case BodyReader::Status::Moved:
        if (step.piece.bytes.empty() && !step.piece.last) continue;
        co_return step.piece;
      case BodyReader::Status::Cut:
        co_return fail(Kind::Closed, "backend.body-cut", "the server closed in the middle of a body");
      case BodyReader::Status::Refused:
        co_return std::unexpected(refusal::error_of(body_.refusal()));
      case BodyReader::Status::Failed:
        co_return std::unexpected(stream_->failure());
      case BodyReader::Status::Blocked:
        break;
    }
    set_patience();
    co_await stream_->readable();
  }
}

std::optional<Piece> H1Client::try_body() {
  BodyReader::Step step = body_.try_next();
  bool some = step.status == BodyReader::Status::Moved && (step.piece.last || !step.piece.bytes.empty());
  return some ? std::optional(step.piece) : std::nullopt;
}

void H1Client::set_patience() {
  net::Instant until = request_sent_ ? loop_.now() + patience_ : net::kNever;
  stream_->read_deadline(abandoned_ ? loop_.now() + kLastWords : until);
}

void H1Client::abandon_request() {
  abandoned_ = true;
  stream_->read_deadline(loop_.now() + kLastWords);
}

void H1Client::become_tunnel() {
  request_.start_raw();
  body_.start_raw();
  keep_alive_ = false;
}

bool H1Client::rest() {
  head_.give_back();
  bool good = keep_alive_ && request_sent_ && body_.over() && inbox_.empty();
  inbox_.unpin();
  stream_->read_deadline(net::kNever);
  return good;
}

bool H1Client::still_good() {
  std::array<char, 1> byte;
  return stream_->try_read(byte).blocked();
}

}  // namespace pforte::http
