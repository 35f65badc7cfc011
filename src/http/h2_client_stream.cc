#include "http/h2_client_stream.h"

#include <utility>

#include "base/text.h"
#include "http/field_lines.h"
#include "http/refusal.h"

namespace pforte::http {

namespace {

Error copy(const Error& error) {
  return Error(error.kind(), error.code(), error.text());
}

Error refused_by_server() {
  return Error(Kind::Closed, "backend.refused", "the server did not take the request");
}

Error refused_over_http2() {
  return Error(Kind::Unavailable, "backend.http1-required", "the server wants to be asked over HTTP/1.1");
}

Error broken_rule() {
  return Error(Kind::Invalid, "backend.http2", "the answer breaks the rules of HTTP/2");
}

Error reset_by_server(H2Error error) {
  return Error(Kind::Unavailable, "backend.reset", cat("the server gave up the request: ", name_of(error)));
}

void write_line(std::string& text, H2Field field) {
  text.append(field.name).append(":").append(field.value).append("\r\n");
}

}  // namespace

void H2ClientStream::Deadline::on_time() {
  waits_.fail(Error(Kind::Timeout, "net.timeout", "nothing moved in time"));
}

H2ClientStream::~H2ClientStream() {
  if (id_ != 0 && !closed_) {
    connection_.session().reset(id_, ended_ ? H2Error::None : H2Error::Cancel);
    connection_.news();
  }
  connection_.gone(id_);
}

void H2ClientStream::fail_with(Error error) {
  if (!failure_) failure_.emplace(std::move(error));
}

Error H2ClientStream::failure() const {
  return failure_ ? copy(*failure_) : Error(Kind::Closed, "backend.closed", "the stream is closed");
}

// The connection is in order, but who sends such things is asked nothing more over it.
void H2ClientStream::take_answer_amiss(const Refusal& why) {
  fail_with(refusal::error_of(why));
  connection_.distrust();
}

void H2ClientStream::take_field(H2Field field, bool valid) {
  if (!final_head_) return answer_->add(field, valid, kAnswerLimits);
  bool fits = trailer_bytes_.size() + field.name.size() + field.value.size() < kMaxTrailerBytes;
  if (valid && fits) return write_line(trailer_bytes_, field);
  take_answer_amiss(valid ? refusal::kTrailersTooLarge : refusal::kH2Field);
}

void H2ClientStream::take_head(bool ends) {
  answered_ = true;
  if (final_head_) return;
  final_head_ = answer_->status() >= 200;
  if (failure_) return answer_->clear();
  const Refusal* why = answer_->write(ends, asked_, heads_);
  if (!why && heads_.size() > kAnswerLimits.longest_head()) why = &refusal::kHeadTooLarge;
  if (why) take_answer_amiss(*why);
}

// What nobody has read counts against this stream's window alone: a client that is slow holds up nobody else's answer.
void H2ClientStream::take_body(std::string_view bytes) {
  connection_.session().consumed_of_all(bytes.size());
  if (failure_) {
    connection_.session().consumed_of_stream(id_, bytes.size());
  } else {
    body_ += bytes;
  }
}

void H2ClientStream::take_end() {
  ended_ = true;
  if (trailer_bytes_.empty()) return;
  trailer_bytes_ += "\r\n";
  if (const Refusal* why = read_trailer_lines(trailer_bytes_, trailers_)) take_answer_amiss(*why);
}

void H2ClientStream::close(H2Error error) {
  closed_ = true;
  if (broke_rule_) return fail_with(broken_rule());
  if (ended_) return;
  if (error == H2Error::Http11Required && !answered_) return fail_with(refused_over_http2());
  fail_with(error == H2Error::RefusedStream && !answered_ ? refused_by_server() : reset_by_server(error));
}

void H2ClientStream::lose(const Error& why) {
  closed_ = true;
  if (!ended_) fail_with(copy(why));
}

H2Events::Portion H2ClientStream::give_body(std::span<char> into) {
  H2Events::Portion portion;
  portion.bytes = out_.copy(into.data(), into.size());
  out_.remove_prefix(portion.bytes);
  if (!ends_ || !out_.empty()) return portion;
  portion.last = true;
  all_given_ = true;
  if (out_trailers_ && !out_trailers_->empty()) {
    portion.trailers = true;
    connection_.session().trail(id_, H2Head().write_trailers(*out_trailers_));
  }
  return portion;
}

void H2ClientStream::wake_writer() {
  if (!taken_.awaited()) return;
  if (closed_) return taken_.fail(failure());
  if (all_taken()) taken_.ring();
}

void H2ClientStream::wake_reader() {
  bool some = !heads_.empty() || !body_.empty() || ended_ || closed_ || failure_;
  if (some) arrived_.ring();
}

void H2ClientStream::begin(const RequestHead& head) {
  request_ = &head;
  asked_ = {.method = head.method, .tunnel = head.wants_upgrade};
}

// The head leaves, and with it all of a request without a body.
Result<> H2ClientStream::start(bool ends) {
  if (const Error* why = connection_.lost()) return std::unexpected(copy(*why));
  net::Spare<H2Head> written;
  written.take();
  id_ = connection_.session().request(written->write(*request_, connection_.scheme()), ends);
  request_ = nullptr;
  if (id_ == 0) return std::unexpected(refused_by_server());
  connection_.begun(id_, *this);
  return {};
}

net::Task<> H2ClientStream::write(std::string_view piece, More more, const Fields& trailers) {
  bool last = more == More::Ends && (!asked_.tunnel || tunnel_);
  bool starts = request_ != nullptr;
  bool bodiless = starts && request_->body.kind == Framing::Kind::None;
  if (starts) co_await net::ok(start(bodiless && last));
  if (more == More::Ends && bodiless) sent_ = true;
  connection_.news();
  if (bodiless || (piece.empty() && !last)) co_return {};
  if (closed_) co_return std::unexpected(failure());
  out_ = piece;
  ends_ = last;
  out_trailers_ = &trailers;
  if (!starts) connection_.session().more_body(id_);
  while (!all_taken()) {
    write_deadline_.set(connection_.loop().now() + patience_);
    Result<> taken = co_await taken_.outcome();
    write_deadline_.set(net::kNever);
    if (taken) continue;
    out_ = {};
    ends_ = false;
    out_trailers_ = nullptr;
    co_return taken;
  }
  out_trailers_ = nullptr;
  if (!last) co_return {};
  sent_ = true;
  if (arrived_.awaited()) read_deadline_.set(answer_deadline());
  co_return {};
}

void H2ClientStream::abandon_request() {
  abandoned_ = true;
  if (arrived_.awaited()) read_deadline_.set(answer_deadline());
}

net::Instant H2ClientStream::answer_deadline() const {
  net::Instant now = connection_.loop().now();
  if (abandoned_) return now + kLastWords;
  return sent_ ? now + patience_ : net::kNever;
}

net::Task<> H2ClientStream::wait_for_server() {
  if (failure_ || closed_) co_return std::unexpected(failure());
  read_deadline_.set(answer_deadline());
  Result<> waited = co_await arrived_.outcome();
  read_deadline_.set(net::kNever);
  co_return waited;
}

// False: there is none to read yet.
Result<bool> H2ClientStream::next_head() {
  if (heads_.empty()) return false;
  HeadScanner scanner(Sender::Backend);
  auto length = http::read_head(scanner, heads_, kAnswerLimits, [this](std::string_view head) {
    head_bytes_ = head;
    head_.take();
    return parse_response_head(head_bytes_, kAnswerLimits, asked_.method, *head_);
  });
  if (!length) return std::unexpected(refusal::error_of(length.error()));
  if (*length == 0) return std::unexpected(refusal::error_of(refusal::kIncomplete));
  heads_.erase(0, *length);
  return true;
}

net::Task<const ResponseHead*> H2ClientStream::read_head() {
  for (;;) {
    Result<bool> some = next_head();
    if (!some) connection_.distrust();
    bool there = co_await net::ok(std::move(some));
    if (there) co_return &*head_;
    co_await wait_for_server();
  }
}

net::Task<Piece> H2ClientStream::read_body() {
  for (;;) {
    if (std::optional<Piece> piece = try_body()) co_return *piece;
    co_await wait_for_server();
  }
}

std::optional<Piece> H2ClientStream::try_body() {
  if (!lent_.empty()) {
    connection_.session().consumed_of_stream(id_, lent_.size());
    connection_.news();
    lent_.clear();
  }
  if (body_.empty() && (failure_ || !ended_)) return std::nullopt;
  std::swap(body_, lent_);
  return Piece{lent_, ended_ && !failure_};
}

}  // namespace pforte::http
