#include "doctor/http_line.h"

#include <utility>

#include "base/text.h"
#include "net/together.h"
#include "tls/doctor_mark.h"
#include "tls/session.h"

namespace pforte::doctor {
namespace {

constexpr std::size_t kMostBodyBytes = 64UZ * 1024;
// As long as curl waits for "100 Continue" before it sends the body all the same.
constexpr net::Duration kContinueTime = std::chrono::seconds(1);

http::RequestHead request_of(const HttpQuestion& question, const std::string& authority) {
  http::RequestHead head;
  head.method = question.asks_before_the_body ? http::Method::Options : http::Method::Get;
  head.method_text = question.asks_before_the_body ? "OPTIONS" : "GET";
  head.path = question.path;
  head.authority = authority;
  head.fields.reserve(question.fields.size() + 3);
  head.fields.push_back({"Host", authority, http::FieldName::Host});
  head.fields.push_back({"User-Agent", tls::kDoctorAgent, http::FieldName::UserAgent});
  for (const HttpField& field : question.fields)
    head.fields.push_back({field.name, field.value, http::known_field(field.name)});
  if (question.asks_before_the_body) {
    head.fields.push_back({"Expect", "100-continue", http::FieldName::Expect});
    head.body = {http::Framing::Kind::Length, 1};
  }
  head.wants_upgrade = !question.upgrade.empty();
  head.upgrade = question.upgrade;
  return head;
}

void copy_head(const http::ResponseHead& head, HttpAnswer& answer) {
  answer.status = head.status;
  answer.reason = head.reason;
  answer.minor_version = head.minor_version;
  answer.keep_alive = head.keep_alive;
  answer.fields.reserve(head.fields.size());
  for (const http::Field& field : head.fields)
    answer.fields.push_back({std::string(field.name), std::string(field.value)});
}

// One head: it is noted when it is interim, else it is the answer's.
net::Task<> take_head(http::ClientExchange& exchange, HttpAnswer& answer) {
  const http::ResponseHead* head = co_await exchange.read_head();
  if (head->is_interim()) {
    answer.interim.push_back(head->status);
  } else {
    copy_head(*head, answer);
  }
  co_return {};
}

// Waits a moment for "100 Continue", then sends the body; not when the answer has come before it.
net::Task<> offer_body(const Setting& setting, http::ClientExchange& exchange, HttpAnswer& answer) {
  Result<> heard = co_await outcome(net::within(setting.loop, kContinueTime, take_head(exchange, answer)));
  if (!heard && heard.error().kind() != Kind::Timeout) co_return heard;
  answer.body_unasked = !heard;
  if (answer.status == 0) co_await exchange.write("x", http::More::Ends);
  co_return {};
}

net::Task<> read_text(http::ClientExchange& exchange, std::string& text) {
  for (bool last = false; !last && text.size() < kMostBodyBytes;) {
    http::Piece piece = co_await exchange.read_body();
    text.append(piece.bytes.substr(0, kMostBodyBytes - text.size()));
    last = piece.last;
  }
  co_return {};
}

net::Task<> answer_alone(const Setting& setting, const HttpSubject& subject, const HttpQuestion& question,
                         HttpAnswer& answer) {
  std::unique_ptr<net::Stream> stream = co_await subject.dial();
  if (subject.destination.speaks_tls()) {
    SealedStream sealed = co_await seal(setting, subject, std::move(stream), tls::Offer::Http1);
    stream = std::move(sealed.stream);
  }
  HttpLine line(setting, subject, std::move(stream), subject.destination.http2_clear);
  answer = co_await line.ask(question);
  co_return {};
}

}  // namespace

std::string authority_of(const Destination& destination) {
  std::uint16_t own = destination.scheme == Scheme::Http ? 80 : 443;
  std::string both = host_port(destination.host, destination.port);
  return destination.port == own ? both.substr(0, both.rfind(':')) : both;
}

net::Task<SealedStream> seal(const Setting& setting, const HttpSubject& subject, std::unique_ptr<net::Stream> lower,
                             tls::Offer offer) {
  lower->read_deadline(setting.loop.now() + setting.step);
  lower->write_deadline(setting.loop.now() + setting.step);
  auto session = tls::Session::connect_to_look(std::move(lower), subject.destination.host, offer);
  co_await session->handshake();
  SealedStream sealed{.stream = nullptr, .protocol = std::string(session->protocol())};
  sealed.stream = std::move(session);
  co_return sealed;
}

HttpLine::HttpLine(const Setting& setting, const HttpSubject& subject, std::unique_ptr<net::Stream> stream, bool http2)
    : setting_(setting), subject_(subject) {
  std::string_view scheme = subject.destination.speaks_tls() ? "https" : "http";
  if (http2) {
    client2_ = std::make_unique<http::H2Client>(setting.loop, std::move(stream), scheme);
  } else {
    client_ = std::make_unique<http::H1Client>(setting.loop, std::move(stream));
  }
}

HttpLine::~HttpLine() = default;

net::Task<HttpAnswer> HttpLine::ask(const HttpQuestion& question) {
  HttpAnswer answer;
  if (client2_) {
    answer.http2 = true;
    co_await net::within(setting_.loop, setting_.step, client2_->greeted());
    if (!client2_->has_room())
      co_return fail(Kind::Unavailable, "backend.no-http2", "the server allows no request at all");
    std::unique_ptr<http::ClientExchange> exchange = client2_->open();
    co_await converse(question, *exchange, answer);
    co_return answer;
  }
  co_await converse(question, *client_, answer);
  answer.goes_on = answer.status != 101 && client_->rest();
  co_return answer;
}

net::Task<> HttpLine::converse(const HttpQuestion& question, http::ClientExchange& exchange, HttpAnswer& answer) {
  std::string authority = authority_of(subject_.destination);
  http::RequestHead request = request_of(question, authority);
  exchange.patience(setting_.step);
  exchange.begin(request);
  http::More more = question.asks_before_the_body ? http::More::Follows : http::More::Ends;
  // Who takes no more of a long head may have answered nevertheless.
  Result<> written = co_await outcome(exchange.write({}, more));
  if (!written) exchange.abandon_request();
  net::Instant sent = setting_.loop.now();
  co_await net::within(setting_.loop, setting_.step, read_answer(request, exchange, answer));
  answer.waited = std::chrono::duration_cast<std::chrono::milliseconds>(setting_.loop.now() - sent);
  if (answer.status == 101) co_return {};
  Result<> read = co_await outcome(net::within(setting_.loop, setting_.step, read_text(exchange, answer.body)));
  if (!read) answer.body_fault = std::move(read).error();
  co_return {};
}

net::Task<> HttpLine::read_answer(const http::RequestHead& request, http::ClientExchange& exchange,
                                  HttpAnswer& answer) {
  if (request.body.kind == http::Framing::Kind::Length) co_await offer_body(setting_, exchange, answer);
  while (answer.status == 0) co_await take_head(exchange, answer);
  if (answer.status == 101) exchange.become_tunnel();
  co_return {};
}

net::Task<std::string> HttpLine::exchange_raw(std::string_view bytes) {
  co_await client_->write(bytes, http::More::Follows);
  client_->stream().read_deadline(setting_.loop.now() + setting_.step);
  http::Piece piece = co_await client_->read_body();
  if (piece.bytes.empty()) co_return fail(Kind::Closed, "backend.closed", "the server closed the connection");
  co_return std::string(piece.bytes);
}

net::Task<HttpAnswer> ask_alone(const Setting& setting, const HttpSubject& subject, const HttpQuestion& question) {
  HttpAnswer answer;
  co_await net::within(setting.loop, 2 * setting.step, answer_alone(setting, subject, question, answer));
  co_return answer;
}

}  // namespace pforte::doctor
