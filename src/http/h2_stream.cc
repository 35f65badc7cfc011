#include "http/h2_stream.h"

#include <algorithm>

#include "http/field_lines.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

// Of a last piece: up to here it is copied, and the task need not wait until the client takes it.
constexpr std::size_t kMostKept = 16UZ * 1024;

Error stream_gone() {
  return Error(Kind::Closed, "http2.stream-closed", "the client gave up the request");
}

// Most streams end when nobody waits any more: for them no error is made.
void tell_gone(net::Signal& waiting) {
  if (waiting.awaited()) waiting.fail(stream_gone());
}

Error answer_too_slow() {
  return Error(Kind::Timeout, "http2.answer-too-slow", "the client does not take the answer");
}

void write_trailer(std::string& text, H2Field field) {
  text.append(field.name).append(":").append(field.value).append("\r\n");
}

}  // namespace

H2Stream::H2Stream(Connection& connection, std::int32_t id) : connection_(connection), id_(id) {
  fields_.take();
  request_.take();
}

H2Stream::~H2Stream() {
  connection_.session.consumed(id_, body_.size() + lent_.size());
}

void H2Stream::take_field(H2Field field, bool valid) {
  if (!head_read_) return fields_->add(field, valid, connection_.limits.head);
  bool fits = trailer_bytes_.size() + field.name.size() + field.value.size() < kMaxTrailerBytes;
  if (valid && fits) return write_trailer(trailer_bytes_, field);
  reset(H2Error::Cancel);
}

void H2Stream::take_head(bool ends) {
  head_read_ = true;
  ended_ = ends;
  head_.take();
  auto read = fields_->read(ends, connection_.limits.head, *head_, *request_);
  if (!read) refusal_ = read.error();
  asks_for_tunnel_ = fields_->is_tunnel();
  fields_.give_back();
}

void H2Stream::take_body(std::string_view bytes) {
  if (closed_ || reset_) {
    connection_.session.consumed(id_, bytes.size());
  } else {
    body_ += bytes;
  }
}

void H2Stream::take_end() {
  ended_ = true;
  if (trailer_bytes_.empty()) return;
  trailer_bytes_ += "\r\n";
  if (read_trailer_lines(trailer_bytes_, trailers_)) reset(H2Error::Cancel);
}

H2Events::Portion H2Stream::give_body(std::span<char> into) {
  H2Events::Portion portion;
  portion.bytes = out_.copy(into.data(), into.size());
  out_.remove_prefix(portion.bytes);
  if (!ends_ || !out_.empty()) return portion;
  portion.last = true;
  all_given_ = true;
  if (answer_trailers_ && !answer_trailers_->empty()) {
    portion.trailers = true;
    connection_.session.trail(id_, H2Head().write_trailers(*answer_trailers_));
  }
  return portion;
}

// Nobody reads what the client may still be sending (RFC 9113, 8.1).
void H2Stream::answered() {
  if (!ended_) reset(H2Error::None);
}

void H2Stream::wake(Service& service) {
  if (!task_) {
    if (head_read_ && !closed_ && !reset_) task_.emplace(serve(service), [this] { task_ended(); });
    return;
  }
  if (closed_) {
    tell_gone(arrived_);
    tell_gone(taken_);
    if (other_) tell_gone(*std::exchange(other_, nullptr));
    return;
  }
  if (!body_.empty() || ended_) arrived_.ring();
  if (all_taken()) taken_.ring();
}

net::Task<> H2Stream::serve(Service& service) {
  if (refusal_) {
    co_await service.refuse(*this, *refusal_);
  } else {
    co_await service.serve(*this);
  }
  co_return {};
}

// The client has as long to take what is left as it would have had for each piece of it.
void H2Stream::task_ended() {
  other_ = nullptr;
  connection_.some_over = true;
  if (!complete_) reset(H2Error::Internal);
  if (!closed_) write_deadline_.set(connection_.loop.now() + kAnswerPatience);
  connection_.on_news();
}

void H2Stream::reset(H2Error error) {
  if (closed_ || std::exchange(reset_, true)) return;
  connection_.session.reset(id_, error);
  connection_.on_news();
}

void H2Stream::body_is_late() {
  arrived_.fail(body_too_slow());
}

void H2Stream::client_is_late() {
  if (taken_.awaited()) return taken_.fail(answer_too_slow());
  reset(H2Error::Cancel);
}

net::Task<Piece> H2Stream::read_body() {
  for (;;) {
    if (std::optional<Piece> piece = try_body()) co_return *piece;
    if (broken() || reset_) co_return std::unexpected(stream_gone());
    net::Duration patience = co_await net::ok(pace_.patience());
    net::Instant before = connection_.loop.now();
    read_deadline_.set(before + patience);
    Result<> waited = co_await arrived_.outcome();
    read_deadline_.set(net::kNever);
    pace_.waited(connection_.loop.now() - before);
    if (!waited) co_return std::unexpected(std::move(waited).error());
  }
}

std::optional<Piece> H2Stream::try_body() {
  if (!lent_.empty()) {
    connection_.session.consumed(id_, lent_.size());
    connection_.on_news();
    lent_.clear();
  }
  bool cut = (closed_ || reset_) && !ended_;
  if (cut || (body_.empty() && !ended_)) return std::nullopt;
  std::swap(body_, lent_);
  pace_.received(lent_.size());
  return Piece{lent_, ended_};
}

net::Task<> H2Stream::inform(const ResponseHead& head) {
  if (closed_) co_return {};
  net::Spare<H2Head> written;
  written.take();
  connection_.session.inform(id_, written->write(head));
  connection_.on_news();
  co_return {};
}

void H2Stream::begin(const ResponseHead& head) {
  begun_ = true;
  tunnel_ = head.status == 101;
  bodiless_ = !tunnel_ && !has_body(head.status, request_->method);
  bool nothing = head.body.kind == Framing::Kind::Length && head.body.length == 0;
  bodiless_ |= nothing;
  // To a CONNECT each 2xx says that the WebSocket is open (RFC 8441, 5); an application that does not know it says 200.
  bool misleads = asks_for_tunnel_ && !tunnel_ && head.status < 300;
  ResponseHead refused;
  refused.status = 502;
  bodiless_ |= misleads;
  if (closed_) return;
  net::Spare<H2Head> written;
  written.take();
  connection_.session.answer(id_, written->write(misleads ? refused : head), bodiless_);
  connection_.on_news();
}

std::string_view H2Stream::keep(std::string_view piece) {
  kept_.take();
  *kept_ = piece;
  return *kept_;
}

net::Task<> H2Stream::write(std::string_view piece, More more, const Fields& trailers) {
  if (broken() || reset_) co_return std::unexpected(stream_gone());
  bool last = more == More::Ends;
  if (bodiless_) {
    complete_ = last;
    co_return {};
  }
  if (piece.empty() && !last) co_return {};
  ends_ = last;
  bool waits = !last || piece.size() > kMostKept || !trailers.empty();
  out_ = waits ? piece : keep(piece);
  answer_trailers_ = &trailers;
  connection_.session.more_body(id_);
  connection_.on_news();
  while (waits && !all_taken()) {
    write_deadline_.set(connection_.loop.now() + patience_for_answer());
    Result<> taken = co_await taken_.outcome();
    write_deadline_.set(net::kNever);
    if (taken) continue;
    out_ = {};
    ends_ = false;
    answer_trailers_ = nullptr;
    co_return taken;
  }
  answer_trailers_ = nullptr;
  complete_ = last;
  co_return {};
}

// A tunnel's own watch ends it, not a client that takes nothing for a while.
net::Duration H2Stream::patience_for_answer() const {
  return tunnel_ ? net::Duration(pace_.pace().longest_wait) : net::Duration(kAnswerPatience);
}

}  // namespace pforte::http
