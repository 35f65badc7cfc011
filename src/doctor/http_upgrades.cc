#include "doctor/http_upgrades.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/german.h"
#include "base/text.h"
#include "doctor/http_answerer.h"
#include "doctor/http_line.h"
#include "doctor/http_redirects.h"
#include "net/together.h"

namespace pforte::doctor {
namespace {

// The example of RFC 6455, 1.3: any 16 bytes will do, and with these the answer is known.
constexpr std::string_view kWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view kWebSocketAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
// A ping without content, masked with zeroes (RFC 6455, 5.2 and 5.5.2), and the beginning of its pong.
constexpr std::string_view kPing("\x89\x80\0\0\0\0", 6);

constexpr Check kHttpWebSocket{.id = "http.websocket", .source = "", .why = {"", ""}};
constexpr Check kHttpStripped{
    .id = "http.websocket-stripped",
    .source = "RFC 6455, 4.2.1; RFC 9110, 7.8",
    .why = {"Upgrade holds for one hop: a proxy that does not know it drops it, and the application "
            "gets a plain request",
            "Upgrade gilt für eine Station: Ein Proxy, der es nicht kennt, lässt es weg, und die "
            "Anwendung bekommt eine gewöhnliche Anfrage"}};
constexpr Check kHttpWrongAccept{.id = "http.websocket-accept",
                                 .source = "RFC 6455, 4.1",
                                 .why = {"clients end the connection: the answer is not that of a WebSocket",
                                         "Clients beenden die Verbindung: Die Antwort ist nicht die eines WebSockets"}};
constexpr Check kHttpTunnelSilent{
    .id = "http.websocket-silent",
    .source = "RFC 6455, 5.5.2",
    .why = {"a proxy that collects what goes through, or closes, makes WebSockets useless",
            "ein Proxy, der sammelt oder schließt, macht WebSockets unbrauchbar"}};
constexpr Check kHttp2{.id = "http.http2", .source = "", .why = {"", ""}};
constexpr Check kHttpNoHttp2{.id = "http.no-http2",
                             .source = "RFC 9113, 3.2",
                             .why = {"browsers open up to six connections instead of one",
                                     "Browser öffnen bis zu sechs Verbindungen statt einer"}};
constexpr Check kHttp2Broken{.id = "http.http2-broken",
                             .source = "RFC 9113, 5.4",
                             .why = {"browsers take HTTP/2 where it is offered, and do not fall back when it fails",
                                     "Browser nehmen HTTP/2, wo es angeboten wird, und weichen nicht aus"}};
constexpr Check kHttp2Differs{.id = "http.http2-differs",
                              .source = "RFC 9110, 2.5",
                              .why = {"browsers and older programs get different answers",
                                      "Browser und ältere Programme bekommen verschiedene Antworten"}};
constexpr Check kHttpKeepsAlive{.id = "http.keeps-alive", .source = "", .why = {"", ""}};
constexpr Check kHttpLostConnection{
    .id = "http.keep-alive-broken",
    .source = "RFC 9112, 9.3",
    .why = {"requests fail now and then, when a client reuses the connection",
            "Anfragen scheitern ab und zu, wenn ein Client die Verbindung weiterbenutzt"}};
constexpr Check kHttpAlwaysCloses{.id = "http.always-closes",
                                  .source = "RFC 9112, 9.6",
                                  .why = {"each request costs a handshake", "jede Anfrage kostet einen Handshake"}};
constexpr Check kHttpExpectation{
    .id = "http.expectation-refused",
    .source = "RFC 9110, 10.1.1",
    .why = {".NET and Java clients send Expect with every longer body, and fail",
            "Clients in .NET und Java senden Expect mit jedem längeren Rumpf und scheitern"}};
constexpr Check kHttpNoContinue{.id = "http.no-continue",
                                .source = "RFC 9110, 10.1.1",
                                .why = {"clients wait a second or more before they send a body",
                                        "Clients warten eine Sekunde oder länger, bevor sie einen Rumpf senden"}};

HttpQuestion websocket_question(const HttpSubject& subject) {
  Destination plain = subject.destination;
  plain.path = "";
  return {.path = subject.destination.path,
          .fields = {{"Sec-WebSocket-Key", std::string(kWebSocketKey)},
                     {"Sec-WebSocket-Version", "13"},
                     {"Origin", to_text(plain)}},
          .upgrade = "websocket"};
}

// What servers say of a WebSocket's request whose Upgrade did not arrive.
bool misses_upgrade(const HttpAnswer& answer) {
  if (answer.status == 426) return true;
  if (answer.status != 400) return false;
  constexpr auto kWords = std::to_array<std::string_view>({"upgrade", "websocket"});
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return !std::ranges::search(answer.body, word, {}, lower, lower).empty(); });
}

void tell_refused_upgrade(HttpTeller& teller, const HttpAnswer& answer) {
  if (!misses_upgrade(answer)) return;
  Message who = name_of(who_answered(answer));
  teller.tell(
      kHttpStripped, Level::Error,
      {cat("the application asks for an Upgrade that was sent: ", answer.status, " from ", who.en),
       cat("die Anwendung verlangt ein Upgrade, das gesendet wurde: ", answer.status, "; geantwortet hat: ", who.de)},
      {"let every proxy on the way pass it on: nginx proxy_http_version 1.1 with Upgrade and Connection, Apache "
       "mod_proxy_wstunnel or upgrade=websocket",
       "jeden Proxy auf dem Weg es weitergeben lassen: nginx proxy_http_version 1.1 mit Upgrade und "
       "Connection, Apache mod_proxy_wstunnel oder upgrade=websocket"},
      {{.name = {"status", "Status"}, .value = cat(answer.status, ' ', answer.reason)}},
      {"-H", "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H",
       cat("Sec-WebSocket-Key: ", kWebSocketKey), "--http1.1"});
}

net::Task<std::unique_ptr<net::Stream>> http1_stream(const Setting& setting, const HttpSubject& subject) {
  std::unique_ptr<net::Stream> stream = co_await subject.dial();
  if (!subject.destination.speaks_tls()) co_return stream;
  SealedStream sealed = co_await seal(setting, subject, std::move(stream), tls::Offer::Http1);
  co_return std::move(sealed.stream);
}

net::Task<> websocket_conversation(const Setting& setting, HttpTeller& teller) {
  std::unique_ptr<net::Stream> stream = co_await http1_stream(setting, teller.subject());
  HttpLine line(setting, teller.subject(), std::move(stream), false);
  HttpAnswer answer = co_await line.ask(websocket_question(teller.subject()));
  if (answer.status != 101) {
    tell_refused_upgrade(teller, answer);
    co_return {};
  }
  const std::string* accept = answer.find("Sec-WebSocket-Accept");
  if (!accept || *accept != kWebSocketAccept) {
    teller.tell(kHttpWrongAccept, Level::Error,
                {"101 with a wrong Sec-WebSocket-Accept", "101 mit falschem Sec-WebSocket-Accept"},
                {"mend the server, or find the proxy that answers by itself",
                 "den Server in Ordnung bringen, oder den Proxy finden, der selbst antwortet"},
                {{.name = {"Sec-WebSocket-Accept", "Sec-WebSocket-Accept"}, .value = accept ? *accept : "-"}});
    co_return {};
  }
  Result<std::string> pong = co_await outcome(line.exchange_raw(kPing));
  if (pong) {
    teller.tell(kHttpWebSocket, Level::Ok,
                {"a WebSocket opens and answers a ping", "ein WebSocket öffnet sich und beantwortet ein Ping"});
    co_return {};
  }
  teller.tell(kHttpTunnelSilent, Level::Warning,
              {cat("the WebSocket opens, and a ping is not answered: ", pong.error().text()),
               cat("der WebSocket öffnet sich, ein Ping bleibt unbeantwortet: ", german_or_same(pong.error().text()))},
              {"switch buffering off in the proxy, and raise its timeout for tunnels",
               "im Proxy das Puffern abschalten und die Zeitgrenze für Tunnel anheben"});
  co_return {};
}

net::Task<> http2_conversation(const Setting& setting, HttpTeller& teller, bool& negotiated, HttpAnswer& answer) {
  const HttpSubject& subject = teller.subject();
  std::unique_ptr<net::Stream> stream = co_await subject.dial();
  SealedStream sealed = co_await seal(setting, subject, std::move(stream), tls::Offer::Http2AndHttp1);
  negotiated = sealed.protocol == "h2";
  if (!negotiated) co_return {};
  HttpLine line(setting, subject, std::move(sealed.stream), true);
  HttpQuestion question{.path = subject.destination.path, .fields = {{"Accept", "text/html, */*;q=0.5"}}};
  answer = co_await line.ask(question);
  co_return {};
}

net::Task<> two_questions(const Setting& setting, HttpTeller& teller, HttpAnswer& first, std::optional<Error>& second) {
  std::unique_ptr<net::Stream> stream = co_await http1_stream(setting, teller.subject());
  HttpLine line(setting, teller.subject(), std::move(stream), false);
  HttpQuestion question{.path = teller.subject().destination.path};
  first = co_await line.ask(question);
  if (!first.goes_on) co_return {};
  Result<HttpAnswer> again = co_await outcome(line.ask(question));
  if (!again) second = std::move(again).error();
  co_return {};
}

}  // namespace

net::Task<> examine_websocket(const Setting& setting, HttpTeller& teller, const HttpAnswer& usual) {
  if (is_redirect(usual.status) || usual.status == 401) co_return {};
  co_await net::within(setting.loop, 2 * setting.step, websocket_conversation(setting, teller));
  co_return {};
}

net::Task<> examine_http2(const Setting& setting, HttpTeller& teller, const HttpAnswer& usual) {
  if (!teller.subject().destination.speaks_tls() || usual.http2) co_return {};
  bool negotiated = false;
  HttpAnswer answer;
  net::Task<> conversation = http2_conversation(setting, teller, negotiated, answer);
  Result<> ended = co_await outcome(net::within(setting.loop, 2 * setting.step, std::move(conversation)));
  if (!negotiated) {
    if (ended)
      teller.tell(kHttpNoHttp2, Level::Note, {"HTTP/2 is not offered", "HTTP/2 wird nicht angeboten"},
                  {"switch it on where many files are loaded", "einschalten, wo viele Dateien geladen werden"});
    co_return {};
  }
  if (!ended) {
    teller.tell(
        kHttp2Broken, Level::Error,
        {cat("HTTP/2 is agreed on, and a request over it fails: ", ended.error().text()),
         cat("HTTP/2 wird vereinbart, und eine Anfrage darüber scheitert: ", german_or_same(ended.error().text()))},
        {"mend it, or let the server offer http/1.1 alone in ALPN until then",
         "es in Ordnung bringen, oder den Server bis dahin in ALPN nur http/1.1 anbieten lassen"},
        {}, {"--http2"});
  } else if (answer.status != usual.status) {
    teller.tell(kHttp2Differs, Level::Warning,
                {cat("over HTTP/2 the answer is ", answer.status, ", over HTTP/1.1 ", usual.status),
                 cat("über HTTP/2 lautet die Antwort ", answer.status, ", über HTTP/1.1 ", usual.status)},
                {"compare the server's configuration for both", "die Konfiguration des Servers für beide vergleichen"},
                {}, {"--http2"});
  } else {
    teller.tell(kHttp2, Level::Ok, {"HTTP/2 works", "HTTP/2 funktioniert"});
  }
  co_return {};
}

net::Task<> examine_keep_alive(const Setting& setting, HttpTeller& teller) {
  HttpAnswer first;
  std::optional<Error> second;
  co_await net::within(setting.loop, 3 * setting.step, two_questions(setting, teller, first, second));
  if (second) {
    teller.tell(
        kHttpLostConnection, Level::Warning,
        {cat("the server says that the connection goes on, and a second request fails: ", second->text()),
         cat("der Server sagt, dass die Verbindung weitergeht, und eine zweite Anfrage scheitert: ", second->text())},
        {"let it send Connection: close, or keep its word", "ihn Connection: close senden oder Wort halten lassen"});
  } else if (!first.keep_alive && first.status > 0) {
    teller.tell(kHttpAlwaysCloses, Level::Note,
                {"the server closes after each answer", "der Server schließt nach jeder Antwort"},
                {"switch keep-alive on", "Keep-Alive einschalten"});
  } else {
    teller.tell(kHttpKeepsAlive, Level::Ok, {"connections are kept", "Verbindungen bleiben bestehen"});
  }
  co_return {};
}

net::Task<> examine_continue(const Setting& setting, HttpTeller& teller) {
  HttpQuestion question{.path = teller.subject().destination.path, .asks_before_the_body = true};
  HttpAnswer answer = co_await ask_alone(setting, teller.subject(), question);
  const std::vector<std::string> curl = {"-X", "OPTIONS", "-H", "Expect: 100-continue", "-d", "x"};
  if (answer.status == 417) {
    teller.tell(kHttpExpectation, Level::Warning,
                {"Expect: 100-continue is refused with 417", "Expect: 100-continue wird mit 417 abgelehnt"},
                {"let the proxy pass it on; in .NET: ServicePointManager.Expect100Continue = false",
                 "den Proxy es weitergeben lassen; in .NET: ServicePointManager.Expect100Continue = false"},
                {}, curl);
  } else if (answer.body_unasked) {
    teller.tell(kHttpNoContinue, Level::Note,
                {"nobody answers Expect: 100-continue within a second",
                 "niemand beantwortet Expect: 100-continue innerhalb einer Sekunde"},
                {"let the server answer 100 as soon as it takes the request",
                 "den Server mit 100 antworten lassen, sobald er die Anfrage nimmt"},
                {}, curl);
  }
  co_return {};
}

}  // namespace pforte::doctor
