#include "doctor/preface.h"

#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "doctor/ldap_answer.h"
#include "doctor/smtp_talk.h"
#include "net/socket.h"

namespace pforte::doctor {
namespace {

constexpr int kReady = 220;

net::Task<> send_all(const Setting& setting, net::Stream& stream, std::string_view bytes) {
  stream.write_deadline(setting.loop.now() + setting.step);
  co_await net::write_all(stream, bytes);
  co_await net::flush(stream);
  co_return {};
}

net::Task<> ask_directory(const Setting& setting, net::Stream& stream, PrefaceAnswer& answer) {
  std::string request = start_tls_request();
  co_await send_all(setting, stream, request);
  stream.read_deadline(setting.loop.now() + setting.step);
  std::string bytes;
  std::array<char, 1024> piece{};
  for (;;) {
    std::size_t count = co_await net::read_some(stream, piece);
    if (count == 0) co_return {};
    bytes.append(piece.data(), count);
    LdapAnswer said;
    LdapReading reading = read_start_tls_answer(bytes, said);
    if (reading == LdapReading::Partial) continue;
    answer.end = reading == LdapReading::NotLdap ? PrefaceEnd::OtherSpeech
                 : said.code == 0                ? PrefaceEnd::Said
                                                 : PrefaceEnd::Refused;
    answer.words = reading == LdapReading::NotLdap ? bytes : cat("resultCode ", said.code, ' ', said.words);
    co_return {};
  }
}

// Whether the talk goes on after this reply.
bool goes_on_after(const SmtpReply& reply, PrefaceAnswer& answer) {
  if (reply.is_positive()) return true;
  answer.end = reply.code == 0 ? PrefaceEnd::OtherSpeech : PrefaceEnd::TurnsAway;
  answer.words = reply.text();
  return false;
}

net::Task<> ask_mail_server(const Setting& setting, net::Stream& stream, PrefaceAnswer& answer) {
  SmtpTalk talk(setting, stream);
  SmtpReply greeting = co_await talk.hear();
  if (!goes_on_after(greeting, answer)) co_return {};
  std::string hello = cat("EHLO ", name_for_mail());
  SmtpReply offers = co_await talk.say(hello);
  if (!offers.is_unknown_command() && !goes_on_after(offers, answer)) co_return {};
  if (!offers.offers("STARTTLS")) {
    answer.end = PrefaceEnd::NotOffered;
    answer.words = offers.text();
    co_return {};
  }
  SmtpReply ready = co_await talk.say("STARTTLS");
  answer.end = ready.code == kReady ? PrefaceEnd::Said : PrefaceEnd::Refused;
  answer.words = ready.text();
  co_return {};
}

}  // namespace

std::string own_proxy_header() {
  using namespace std::string_literals;
  return "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"s;
}

net::Task<PrefaceAnswer> say_preface(const Setting& setting, Preface preface, net::Stream& stream) {
  PrefaceAnswer answer;
  if (preface == Preface::Nothing) {
    answer.end = PrefaceEnd::Said;
    co_return answer;
  }
  Result<> talked;
  if (preface == Preface::ProxyHeader) {
    std::string header = own_proxy_header();
    talked = co_await outcome(send_all(setting, stream, header));
    if (talked) answer.end = PrefaceEnd::Said;
  } else if (preface == Preface::LdapStartTls) {
    talked = co_await outcome(ask_directory(setting, stream, answer));
  } else {
    talked = co_await outcome(ask_mail_server(setting, stream, answer));
  }
  if (!talked && talked.error().kind() == Kind::Timeout) answer.end = PrefaceEnd::Silent;
  stream.read_deadline(net::kNever);
  stream.write_deadline(net::kNever);
  co_return answer;
}

net::Task<std::unique_ptr<net::Stream>> dial_with(const Setting& setting, Preface preface, net::Address to) {
  std::unique_ptr<net::Stream> stream = co_await net::connect(setting.loop, to, setting.step);
  PrefaceAnswer answer = co_await say_preface(setting, preface, *stream);
  if (answer.end == PrefaceEnd::Said) co_return stream;
  Kind kind = answer.end == PrefaceEnd::Silent ? Kind::Timeout : Kind::Unavailable;
  co_return fail(kind, "net.connect", cat("the server did not begin with TLS: ", answer.words));
}

}  // namespace pforte::doctor
