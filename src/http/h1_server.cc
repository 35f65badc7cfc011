#include "http/h1_server.h"

#include <algorithm>

#include "http/compose.h"
#include "http/refusal.h"

namespace pforte::http {

using net::Buffer;
using net::Io;

namespace {

// What is read and dropped of a body that nobody wants, so that the connection can go on or the client can read the
// answer before it is reset.
constexpr std::size_t kMostDiscarded = 256UZ * 1024;
constexpr net::Duration kFarewell = std::chrono::seconds(2);

constexpr Refusal kTooSlow{408, "http.head-too-slow", "the head of the request did not arrive in time"};

}  // namespace

H1Server::H1Server(net::Loop& loop, net::Stream& stream, Service& service, const ServerLimits& limits)
    : loop_(loop),
      stream_(stream),
      service_(service),
      limits_(limits),
      inbox_(stream),
      body_(inbox_, Sender::Client),
      answer_(stream) {}

H1Server::~H1Server() = default;

net::Task<> H1Server::run() {
  while (!ending_) {
    Next next = co_await next_request();
    if (next == Next::End) break;
    if (next == Next::Refused) {
      ending_ = true;
      co_await service_.refuse(*this, refusal_);
      co_await flush();
    } else {
      co_await serve_one();
    }
    if (!ending_) forget_request();
  }
  // Who has finished between two requests waits for nothing more, not even a goodbye.
  if (!client_finished_) co_await leave();
  co_return {};
}

void H1Server::end_soon() {
  ending_ = true;
  if (idle_) stream_.readable().ring();
}

net::Task<H1Server::Next> H1Server::next_request() {
  // What wakes us without bringing a byte, such as a piece of a TLS record, buys no time.
  net::Instant idle_until = loop_.now() + limits_.idle;
  for (;;) {
    Next next = read_head();
    if (next != Next::End) co_return next;
    Io io = inbox_.try_fill(Buffer::Size::Medium);
    if (io.status == Io::Status::Failed) co_return std::unexpected(stream_.failure());
    if (io.status == Io::Status::Finished) {
      if (overlong_) co_return refuse_overlong_head();
      client_finished_ = true;
      co_return Next::End;
    }
    if (io.moved() && head_deadline_ == net::kNever) head_deadline_ = loop_.now() + limits_.head_time;
    if (!io.blocked()) continue;

    idle_ = inbox_.empty() && !overlong_;
    if (idle_ && ending_) co_return Next::End;
    stream_.read_deadline(idle_ ? idle_until : head_deadline_);
    Result<> waited = co_await stream_.readable().outcome();
    bool was_idle = std::exchange(idle_, false);
    if (waited) continue;
    if (waited.error().kind() != Kind::Timeout) co_return std::unexpected(std::move(waited).error());
    if (was_idle) co_return Next::End;
    co_return overlong_ ? refuse_overlong_head() : refuse_head(kTooSlow);
  }
}

// What the bytes at hand amount to; End when they do not suffice.
H1Server::Next H1Server::read_head() {
  if (inbox_.empty()) return Next::End;
  if (overlong_) return read_overlong_head();
  auto length = http::read_head(scanner_, inbox_.bytes(), limits_.head, [this](std::string_view head) {
    request_.take();
    return parse_request_head(head, limits_.head, *request_);
  });
  if (!length && length.error() == refusal::kAuthorizationTooLarge) {
    overlong_ = std::make_unique<OverlongHead>(limits_.head);
    return read_overlong_head();
  }
  if (!length) return refuse_head(length.error());
  if (*length == 0) return Next::End;
  inbox_.consume(*length);
  inbox_.pin();
  body_.start(request_->body);
  if (!request_->keep_alive) ending_ = true;
  return Next::Request;
}

H1Server::Next H1Server::refuse_head(Refusal refusal) {
  refusal_ = refusal;
  request_.take();
  request_->clear();
  body_.start({});
  return Next::Refused;
}

// Nothing of it stays in the inbox, which need not hold more than a head may have.
H1Server::Next H1Server::read_overlong_head() {
  OverlongHead::State state = overlong_->take(inbox_.bytes());
  inbox_.consume(inbox_.bytes().size());
  return state == OverlongHead::State::Incomplete ? Next::End : refuse_overlong_head();
}

// What of it can be read tells whom to answer.
H1Server::Next H1Server::refuse_overlong_head() {
  Next next = refuse_head(refusal::kAuthorizationTooLarge);
  if (!parse_request_head(overlong_->known(), limits_.head, *request_)) request_->clear();
  return next;
}

net::Task<> H1Server::serve_one() {
  Result<> served = co_await outcome(service_.serve(*this));
  stream_.tell_when_broken(nullptr);
  if (!served) co_return std::unexpected(std::move(served).error());
  if (!complete_) co_return fail(Kind::Internal, "http.unanswered", "the answer was not completed");
  if (!stream_.try_flush().moved()) co_await flush();
  if (!body_.over()) co_await discard_rest();
  co_return {};
}

// The client may still be sending a body that nobody read. What is at hand is dropped; for more, the connection ends.
net::Task<> H1Server::discard_rest() {
  std::size_t discarded = 0;
  while (!body_.over() && discarded < kMostDiscarded) {
    BodyReader::Step step = body_.try_next();
    if (step.status != BodyReader::Status::Moved) break;
    discarded += step.piece.bytes.size();
  }
  if (!body_.over()) ending_ = true;
  co_return {};
}

// Says goodbye, and lets the client read it: a connection that is closed with bytes unread is reset, and the answer
// with it (RFC 9112, 9.6).
net::Task<> H1Server::leave() {
  stream_.finish();
  if (!stream_.try_flush().moved()) {
    stream_.write_deadline(loop_.now() + kFarewell);
    co_await net::flush(stream_);
  }
  if (body_.over() && inbox_.empty() && !begun_) co_return {};
  stream_.read_deadline(loop_.now() + kFarewell);
  inbox_.unpin();
  std::size_t discarded = 0;
  while (discarded < 4 * kMostDiscarded) {
    inbox_.consume(inbox_.bytes().size());
    Io io = inbox_.try_fill(Buffer::Size::Medium);
    if (io.blocked()) {
      Result<> waited = co_await stream_.readable().outcome();
      if (!waited) break;
    } else if (!io.moved()) {
      break;
    }
    discarded += io.bytes;
  }
  co_return {};
}

void H1Server::forget_request() {
  request_.give_back();
  inbox_.unpin();
  head_deadline_ = inbox_.empty() ? net::kNever : loop_.now() + limits_.head_time;
  pace_ = {};
  begun_ = false;
  complete_ = false;
}

net::Task<Piece> H1Server::read_body() {
  for (;;) {
    BodyReader::Step step = body_.try_next();
    switch (step.status) {
      case BodyReader::Status::Moved:
        pace_.received(step.piece.bytes.size());
        if (step.piece.bytes.empty() && !step.piece.last) continue;
        co_return step.piece;
      case BodyReader::Status::Cut:
        co_return fail(Kind::Closed, "http.body-cut", "the client ended the connection in the middle of a body");
      case BodyReader::Status::Refused:
        co_return std::unexpected(refusal::error_of(body_.refusal()));
      case BodyReader::Status::Failed:
        co_return std::unexpected(stream_.failure());
      case BodyReader::Status::Blocked:
        break;
    }
    net::Duration patience = co_await net::ok(pace_.patience());
    net::Instant before = loop_.now();
    stream_.read_deadline(before + patience);
    Result<> waited = co_await stream_.readable().outcome();
    pace_.waited(loop_.now() - before);
    if (waited) continue;
    if (waited.error().kind() == Kind::Timeout) co_return std::unexpected(body_too_slow());
    co_return std::unexpected(std::move(waited).error());
  }
}

std::optional<Piece> H1Server::try_body() {
  BodyReader::Step step = body_.try_next();
  bool some = step.status == BodyReader::Status::Moved && (step.piece.last || !step.piece.bytes.empty());
  if (!some) return std::nullopt;
  pace_.received(step.piece.bytes.size());
  return step.piece;
}

net::Task<> H1Server::inform(const ResponseHead& head) {
  if (request_->minor_version == 0) co_return {};
  append_response_head(answer_.head(), head, Connection::KeepsAlive, 1);
  answer_.start(Framing::Kind::None);
  bool taken = co_await net::ok(answer_.try_write({}, More::Follows));
  if (!taken) co_await answer_.write_rest(loop_, kAnswerPatience);
  co_await flush();
  co_return {};
}

void H1Server::begin(const ResponseHead& head) {
  begun_ = true;
  tunnel_ = head.status == 101;
  Framing::Kind framing = head.body.kind;
  bool until_close =
      framing == Framing::Kind::UntilClose || (framing == Framing::Kind::Chunked && request_->minor_version == 0);
  if (until_close || tunnel_) ending_ = true;
  Connection connection = ending_ ? Connection::Closes : Connection::KeepsAlive;
  if (tunnel_) connection = Connection::Upgrades;
  std::string& out = answer_.head();
  if (until_close && framing == Framing::Kind::Chunked) {
    ResponseHead unframed = head;
    unframed.body.kind = Framing::Kind::UntilClose;
    append_response_head(out, unframed, connection, request_->minor_version);
  } else {
    append_response_head(out, head, connection, request_->minor_version);
  }
  if (tunnel_) {
    answer_.start_raw();
    body_.start_raw();
  } else {
    if (until_close) framing = Framing::Kind::UntilClose;
    answer_.start(has_body(head.status, request_->method) ? framing : Framing::Kind::None);
  }
}

net::Task<> H1Server::write(std::string_view piece, More more, const Fields& trailers) {
  Result<bool> taken = answer_.try_write(piece, more, trailers);
  if (!taken || !*taken || more == More::Follows || tunnel_) return write_rest(std::move(taken), more);
  complete_ = true;
  return net::Task<>::done();
}

net::Task<> H1Server::write_rest(Result<bool> taken, More more) {
  bool all = co_await net::ok(std::move(taken));
  if (!all) co_await answer_.write_rest(loop_, patience_for_answer());
  if (more == More::Follows) {
    // The next piece may be long in coming (a tunnel, events): nothing is kept back for it.
    co_await flush();
    co_return {};
  }
  complete_ = true;
  if (tunnel_) {
    co_await flush();
    stream_.finish();
  }
  co_return {};
}

net::Task<> H1Server::flush() {
  if (stream_.try_flush().moved()) co_return {};
  stream_.write_deadline(loop_.now() + patience_for_answer());
  co_await net::flush(stream_);
  co_return {};
}

// A tunnel's own watch ends it, not a client that takes nothing for a while.
net::Duration H1Server::patience_for_answer() const {
  return tunnel_ ? net::Duration(pace_.pace().longest_wait) : kAnswerPatience;
}

}  // namespace pforte::http
