#include "doctor/tls_answer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "net/together.h"

namespace pforte::doctor {
namespace {

// Who speaks something else may have said it all, and wait for us.
constexpr net::Duration kRestOfBanner = std::chrono::milliseconds(200);

net::Task<> hear_answer(net::Loop& loop, net::Stream& stream, const std::string& hello, FlightReader& reader) {
  co_await net::write_all(stream, hello);
  co_await net::flush(stream);
  constexpr std::size_t kPieceBytes = 16UZ * 1024;
  std::array<char, kPieceBytes> piece;
  bool more = true;
  while (more) {
    std::size_t size = co_await net::read_some(stream, piece);
    if (size == 0) co_return {};
    more = reader.take({piece.data(), size});
    if (!reader.flight().banner.empty()) stream.read_deadline(loop.now() + kRestOfBanner);
  }
  co_return {};
}

AnswerEnd end_of(const ServerFlight& flight, bool began, const Result<>& heard) {
  if (!flight.banner.empty()) return AnswerEnd::OtherSpeech;
  if (!flight.fault.en.empty()) return AnswerEnd::Broken;
  if (flight.alert && (flight.alert->fatal || !flight.hello)) return AnswerEnd::Alert;
  if (flight.hello) return AnswerEnd::Hello;
  if (heard) return AnswerEnd::Closed;
  if (heard.error().kind() != Kind::Timeout) return AnswerEnd::Reset;
  return began ? AnswerEnd::Slow : AnswerEnd::Silent;
}

}  // namespace

net::Task<TlsAnswer> say_hello(const Setting& setting, const TlsSubject& subject, const ClientHello& hello) {
  TlsAnswer answer;
  net::Task<std::unique_ptr<net::Stream>> dialing = subject.dial();
  Result<std::unique_ptr<net::Stream>> stream = co_await outcome(std::move(dialing));
  if (!stream) co_return answer;
  FlightReader reader;
  std::string bytes = to_bytes(hello);
  net::Task<> hearing = hear_answer(setting.loop, **stream, bytes, reader);
  Result<> heard = co_await outcome(net::within(setting.loop, setting.step, std::move(hearing)));
  bool began = reader.began();
  answer.flight = reader.release();
  answer.end = end_of(answer.flight, began, heard);
  co_return answer;
}

std::string server_name_of(const TlsSubject& subject) {
  return subject.destination.is_address() ? std::string() : subject.destination.host;
}

}  // namespace pforte::doctor
