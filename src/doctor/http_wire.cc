#include "doctor/http_wire.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/german.h"
#include "base/text.h"
#include "doctor/http_line.h"
#include "net/together.h"
#include "tls/doctor_mark.h"

namespace pforte::doctor {
namespace {

// "Poor" begins here (web.dev, "Time to First Byte").
constexpr std::chrono::milliseconds kSlowAnswer{1800};

// To tell what a server speaks.
constexpr std::size_t kEnoughBytes = 16;

constexpr Check kHttpUnreachable{
    .id = "http.unreachable",
    .source = "",
    .why = {"without a connection nothing can be asked", "ohne Verbindung lässt sich nichts fragen"}};
constexpr Check kHttpNoTls{.id = "http.no-tls",
                           .source = "RFC 9110, 4.2.2",
                           .why = {"https is HTTP inside of TLS: without a handshake no request can be made",
                                   "https ist HTTP in TLS: Ohne Handshake ist keine Anfrage möglich"}};
constexpr Check kHttpTlsOnPlainPort{
    .id = "http.tls-on-plain-port",
    .source = "RFC 9110, 4.2.1",
    .why = {"plain HTTP to a port of TLS gets an alert, a 400 or no answer at all",
            "Klartext-HTTP an einen TLS-Port bekommt einen Alert, 400 oder keine Antwort"}};
constexpr Check kHttpSilent{
    .id = "http.silent",
    .source = "RFC 9112, 9.5",
    .why = {"clients and proxies give up sooner or later, with 504 or a timeout",
            "Clients und Proxys geben früher oder später auf, mit 504 oder Zeitüberschreitung"}};
constexpr Check kHttpClosed{
    .id = "http.closed",
    .source = "RFC 9112, 9.6",
    .why = {"a reverse proxy in front of it answers 502", "ein Reverse Proxy davor antwortet mit 502"}};
constexpr Check kHttpNotHttp{.id = "http.not-http",
                             .source = "RFC 9112, 4",
                             .why = {"something else than HTTP is spoken at this port",
                                     "an diesem Port wird etwas anderes als HTTP gesprochen"}};
constexpr Check kHttpVersionUnknown{.id = "http.version-unknown",
                                    .source = "RFC 9110, 2.5",
                                    .why = {"clients understand HTTP/1.0 and HTTP/1.1 in this place, and nothing else",
                                            "Clients verstehen hier HTTP/1.0 und HTTP/1.1, sonst nichts"}};
constexpr Check kHttpEndlessHead{.id = "http.endless-head",
                                 .source = "RFC 9110, 5.4",
                                 .why = {"every client and proxy has a limit, most at 8 to 64 KiB",
                                         "jeder Client und Proxy hat eine Grenze, meist 8 bis 64 KiB"}};
constexpr Check kHttpMalformed{
    .id = "http.malformed",
    .source = "RFC 9112, 2.2, 5 and 6",
    .why = {"what two programs read differently lets requests and answers get mixed up; strict "
            "ones answer 502",
            "was zwei Programme verschieden lesen, vermengt Anfragen und Antworten; strenge "
            "antworten mit 502"}};
constexpr Check kHttpBodyCut{.id = "http.body-cut",
                             .source = "RFC 9112, 8",
                             .why = {"a client must take such an answer for incomplete",
                                     "ein Client muss eine solche Antwort für unvollständig halten"}};
constexpr Check kHttpBodyStalls{.id = "http.body-stalls",
                                .source = "RFC 9112, 6.3",
                                .why = {"the client waits for bytes that were announced and do not come",
                                        "der Client wartet auf angekündigte Bytes, die nicht kommen"}};
constexpr Check kHttpBodyTooLong{.id = "http.body-too-long",
                                 .source = "RFC 9112, 6.3 and 9.2",
                                 .why = {"what is left over is taken for the answer to the next request",
                                         "was übrig ist, wird für die Antwort auf die nächste Anfrage gehalten"}};
constexpr Check kHttpSlowAnswer{
    .id = "http.slow",
    .source = "web.dev, Time to First Byte",
    .why = {"people notice, and what waits in line grows", "Menschen merken es, und die Warteschlange wächst"}};
constexpr Check kHttpNoClearHttp2{.id = "http.no-clear-http2",
                                  .source = "RFC 9113, 3.3",
                                  .why = {"`protocol = \"h2c\"` speaks HTTP/2 from the first byte, without asking",
                                          "`protocol = \"h2c\"` spricht vom ersten Byte an HTTP/2, ohne zu fragen"}};
constexpr Check kHttpNoHttp1{.id = "http.only-http2",
                             .source = "RFC 9113, 3.2",
                             .why = {"older clients, many WebSockets and NTLM or Negotiate need HTTP/1.1",
                                     "ältere Clients, viele WebSockets und NTLM oder Negotiate brauchen HTTP/1.1"}};

// What may be said in front of a port that speaks TLS, in nginx, Apache, Tomcat and Go.
constexpr auto kWantsTls = std::to_array<std::string_view>(
    {"The plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled server port",
     "This combination of host and port requires TLS", "Client sent an HTTP request to an HTTPS server"});

bool wants_tls(std::string_view text) {
  return std::ranges::any_of(kWantsTls,
                             [&](std::string_view hint) { return text.find(hint) != std::string_view::npos; });
}

bool looks_like_tls(std::string_view bytes) {
  return bytes.size() >= 3 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 0x03;
}

// What a server says to a plain request, or by itself; nothing when it is silent. Over TLS where `sealed`.
net::Task<std::string> first_bytes(const Setting& setting, const HttpSubject& subject, bool sealed) {
  std::unique_ptr<net::Stream> stream = co_await subject.dial();
  if (sealed) {
    SealedStream inside = co_await seal(setting, subject, std::move(stream), tls::Offer::Http1);
    stream = std::move(inside.stream);
  }
  std::string request = cat("GET ", subject.destination.path, " HTTP/1.1\r\nHost: ", authority_of(subject.destination),
                            "\r\nUser-Agent: ", tls::kDoctorAgent, "\r\nConnection: close\r\n\r\n");
  stream->write_deadline(setting.loop.now() + setting.step);
  stream->read_deadline(setting.loop.now() + setting.step);
  co_await net::write_all(*stream, request);
  co_await net::flush(*stream);
  std::string got;
  std::array<char, 1024> piece;
  while (got.size() < kEnoughBytes) {
    Result<std::size_t> count = co_await outcome(net::read_some(*stream, piece));
    if (!count || *count == 0) break;
    got.append(piece.data(), *count);
  }
  co_return got;
}

net::Task<> shake_hands(const Setting& setting, const HttpSubject& subject) {
  std::unique_ptr<net::Stream> stream = co_await subject.dial();
  co_await seal(setting, subject, std::move(stream), tls::Offer::Nothing);
  co_return {};
}

std::vector<Evidence> evidence_of_bytes(std::string_view bytes) {
  if (bytes.empty()) return {};
  return {{.name = {"begins with", "beginnt mit"}, .value = std::string(bytes.substr(0, 80))}};
}

void tell_tls_wanted(HttpTeller& teller) {
  teller.tell(kHttpTlsOnPlainPort, Level::Error,
              {"this port speaks TLS, and was asked by plain HTTP",
               "dieser Port spricht TLS und wurde im Klartext "
               "gefragt"},
              {"use https:// for it, in links and in the proxy in front of it",
               "ihn mit https:// ansprechen, in Links und im Proxy davor"});
}

// The handshake did not come to its end; why, the examination of TLS tells.
void tell_no_tls(HttpTeller& teller, const Error& fault) {
  teller.tell(kHttpNoTls, teller.worst() == Level::Error ? Level::Note : Level::Error,
              {cat("the TLS handshake fails, so that HTTP cannot be examined: ", fault.text()),
               cat("der TLS-Handshake misslingt, HTTP lässt sich nicht untersuchen: ", german_or_same(fault.text()))},
              {"mend TLS first", "zuerst TLS in Ordnung bringen"});
}

void tell_nonsense(HttpTeller& teller, const Error& fault, const std::string& bytes) {
  if (bytes.starts_with("HTTP/")) {
    std::string version = bytes.substr(0, std::min(bytes.find(' '), bytes.size()));
    teller.tell(kHttpVersionUnknown, Level::Error,
                {cat("the server answers with ", version), cat("der Server antwortet mit ", version)},
                {"mend the server, or the proxy that writes this line",
                 "den Server in Ordnung bringen, oder den Proxy, der diese Zeile schreibt"},
                evidence_of_bytes(bytes));
    return;
  }
  Message what = {cat("what the server sends is not HTTP: ", fault.text()),
                  cat("was der Server sendet, ist kein HTTP: ", german_or_same(fault.text()))};
  if (bytes.starts_with("SSH-"))
    what = {"an SSH server answers at this port", "an diesem Port antwortet ein SSH-Server"};
  if (bytes.starts_with("220"))
    what = {"a mail or FTP server answers at this port", "an diesem Port antwortet ein Mail- oder FTP-Server"};
  teller.tell(kHttpNotHttp, Level::Error, std::move(what),
              {"see what listens there: ss -ltnp on the server; and whether the port is the right one",
               "nachsehen, was dort lauscht: ss -ltnp auf dem Server; und ob der Port stimmt"},
              evidence_of_bytes(bytes));
}

void tell_silence(const Setting& setting, HttpTeller& teller) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(setting.step).count();
  teller.tell(kHttpSilent, Level::Error,
              {cat("the connection stands, but no answer has come within ", seconds, " s"),
               cat("die Verbindung steht, aber in ", seconds, " s kam keine Antwort")},
              {"see what the application waits for: threads, database, a server behind it",
               "nachsehen, worauf die Anwendung wartet: Threads, Datenbank, ein Server dahinter"});
}

// Bytes came, and were refused by the parser.
net::Task<> tell_refused_bytes(const Setting& setting, HttpTeller& teller, const Error& fault) {
  const HttpSubject& subject = teller.subject();
  Result<std::string> bytes = co_await outcome(first_bytes(setting, subject, subject.destination.speaks_tls()));
  std::string got = bytes ? *std::move(bytes) : std::string();
  std::string_view code = fault.code();
  if (!subject.destination.speaks_tls() && looks_like_tls(got)) {
    tell_tls_wanted(teller);
  } else if (code == "http.head-too-large" || code == "http.too-many-fields" || code == "http.target-too-long") {
    teller.tell(kHttpEndlessHead, Level::Error,
                {"the head of the answer is longer than 128 KiB or has more than 1000 fields",
                 "der Kopf der Antwort ist länger als 128 KiB oder hat mehr als 1000 Felder"},
                {"look which field grows: a cookie set over and over, or a proxy in a loop",
                 "nachsehen, welches Feld wächst: ein immer neu gesetztes Cookie oder ein Proxy im Kreis"},
                evidence_of_bytes(got));
  } else if (fault.kind() == Kind::Timeout && got.starts_with("HTTP/")) {
    tell_silence(setting, teller);
  } else if (code == "http.status-line" || code == "http.version" || !got.starts_with("HTTP/1.")) {
    tell_nonsense(teller, fault, got);
  } else {
    teller.tell(kHttpMalformed, Level::Error,
                {cat("the answer breaks the rules of HTTP/1.1: ", fault.text()),
                 cat("die Antwort verletzt die Regeln von HTTP/1.1: ", german_or_same(fault.text()))},
                {"have the application or the module that writes these fields mended",
                 "die Anwendung oder das Modul, das diese Felder schreibt, in Ordnung bringen lassen"},
                evidence_of_bytes(got));
  }
  co_return {};
}

net::Task<> tell_no_answer(const Setting& setting, HttpTeller& teller, const Error& fault, bool heard) {
  const HttpSubject& subject = teller.subject();
  bool stopped_midway = fault.kind() == Kind::Timeout && heard;
  if ((fault.kind() == Kind::Invalid && fault.code() != "backend.head-cut") || stopped_midway) {
    co_await tell_refused_bytes(setting, teller, fault);
    co_return {};
  }
  if (!subject.destination.speaks_tls()) {
    net::Task<> handshake = net::within(setting.loop, setting.step, shake_hands(setting, subject));
    Result<> shaken = co_await outcome(std::move(handshake));
    if (shaken) {
      tell_tls_wanted(teller);
      co_return {};
    }
  }
  if (fault.kind() == Kind::Timeout) {
    tell_silence(setting, teller);
  } else {
    teller.tell(kHttpClosed, Level::Error,
                {cat("the server ends the connection without an answer: ", fault.text()),
                 cat("der Server beendet die Verbindung ohne Antwort: ", german_or_same(fault.text()))},
                {"look into the server's log at this moment; a firewall that resets leaves no line there",
                 "im Log des Servers zu diesem Zeitpunkt nachsehen; eine Firewall, die abbricht, steht dort nicht"});
  }
  co_return {};
}

// How far a first question came; the last error is of the step that is empty.
struct FirstTry {
  bool connected = false;
  bool sealed = false;   // or plain HTTP
  std::string protocol;  // of ALPN
  bool heard = false;    // the server has said something
  std::optional<Error> fault = std::nullopt;
  std::optional<HttpAnswer> answer;
};

net::Task<FirstTry> try_first(const Setting& setting, const HttpSubject& subject, const HttpQuestion& question,
                              tls::Offer offer) {
  FirstTry first;
  Result<std::unique_ptr<net::Stream>> stream = co_await outcome(subject.dial());
  first.connected = stream.has_value();
  if (!stream) {
    first.fault = std::move(stream).error();
    co_return first;
  }
  if (subject.destination.speaks_tls()) {
    Result<SealedStream> sealed = co_await outcome(seal(setting, subject, *std::move(stream), offer));
    if (!sealed) {
      first.fault = std::move(sealed).error();
      co_return first;
    }
    first.protocol = sealed->protocol;
    stream = std::move(sealed->stream);
  }
  first.sealed = true;
  bool http2 = first.protocol == "h2" || subject.destination.http2_clear;
  HttpLine line(setting, subject, *std::move(stream), http2);
  Result<HttpAnswer> answer = co_await outcome(line.ask(question));
  first.heard = line.heard();
  if (answer) {
    first.answer = *std::move(answer);
  } else {
    first.fault = std::move(answer).error();
  }
  co_return first;
}

// Where HTTP/2 was expected: whether HTTP/1.1 is spoken, which is told then.
net::Task<bool> tell_old_speech(const Setting& setting, HttpTeller& teller, const HttpQuestion& question,
                                const Error& fault) {
  HttpSubject older = teller.subject();
  older.destination.http2_clear = false;
  FirstTry second = co_await try_first(setting, older, question, tls::Offer::Http1);
  if (!second.answer) co_return false;
  teller.tell(kHttpNoClearHttp2, Level::Error,
              {cat("the server speaks HTTP/1.1, and no HTTP/2 without TLS: ", fault.text()),
               cat("der Server spricht HTTP/1.1, und kein HTTP/2 ohne TLS: ", german_or_same(fault.text()))},
              {"set `protocol = \"http/1.1\"` in [[backend]], or switch on HTTP/2 without TLS there (h2c)",
               "in [[backend]] `protocol = \"http/1.1\"` setzen, oder dort HTTP/2 ohne TLS einschalten (h2c)"});
  co_return true;
}

// Whether HTTP/2 may be all that is spoken: HTTP/1.1 was refused in ALPN, or passed over and then not understood.
bool may_want_http2(const HttpSubject& subject, const FirstTry& first) {
  if (!subject.destination.speaks_tls() || !first.connected || first.answer) return false;
  return !first.sealed || (first.protocol.empty() && first.fault->kind() == Kind::Invalid);
}

}  // namespace

net::Task<std::optional<HttpAnswer>> first_answer(const Setting& setting, HttpTeller& teller,
                                                  const HttpQuestion& question) {
  const HttpSubject& subject = teller.subject();
  FirstTry first = co_await try_first(setting, subject, question, tls::Offer::Http1);
  if (may_want_http2(subject, first)) {
    FirstTry second = co_await try_first(setting, subject, question, tls::Offer::Http2);
    if (second.answer && second.answer->http2) {
      teller.tell(kHttpNoHttp1, Level::Warning,
                  {"the server speaks HTTP/2 alone", "der Server spricht ausschließlich HTTP/2"},
                  {"let it offer http/1.1 in ALPN as well", "ihn in ALPN auch http/1.1 anbieten lassen"});
      co_return std::move(second.answer);
    }
  }
  if (subject.destination.http2_clear && first.connected && !first.answer) {
    bool told = co_await tell_old_speech(setting, teller, question, *first.fault);
    if (told) co_return std::nullopt;
  }
  if (!first.connected) {
    teller.tell(kHttpUnreachable, teller.worst() == Level::Error ? Level::Note : Level::Error,
                {cat("no connection: ", first.fault->text()), cat("keine Verbindung: ", first.fault->text())},
                {"mend the connection first", "zuerst die Verbindung in Ordnung bringen"});
  } else if (!first.sealed) {
    tell_no_tls(teller, *first.fault);
  } else if (!first.answer) {
    co_await tell_no_answer(setting, teller, *first.fault, first.heard);
  } else if (first.answer->status == 400 && !subject.destination.speaks_tls() && wants_tls(first.answer->body)) {
    tell_tls_wanted(teller);
    co_return std::nullopt;
  }
  co_return std::move(first.answer);
}

void tell_framing(HttpTeller& teller, const HttpAnswer& answer) {
  if (answer.waited >= kSlowAnswer)
    teller.tell(kHttpSlowAnswer, Level::Warning,
                {cat("the answer begins after ", answer.waited.count(), " ms"),
                 cat("die Antwort beginnt nach ", answer.waited.count(), " ms")},
                {"look what the application does before it answers, and at its load",
                 "nachsehen, was die Anwendung vor der Antwort tut, und wie ausgelastet sie ist"});
  if (answer.body_fault && answer.body_fault->kind() == Kind::Timeout) {
    teller.tell(kHttpBodyStalls, Level::Warning,
                {"the body of the answer does not come to its end", "der Rumpf der Antwort kommt nicht zu Ende"},
                {"compare Content-Length with what is sent; a stream of events is meant to stay open",
                 "Content-Length mit dem Gesendeten vergleichen; ein Ereignisstrom soll offen bleiben"});
  } else if (answer.body_fault) {
    const std::string* length = answer.find("Content-Length");
    std::vector<Evidence> evidence = {{.name = {"came", "gekommen"}, .value = cat(answer.body.size(), " bytes")}};
    if (length) evidence.push_back({.name = {"Content-Length", "Content-Length"}, .value = *length});
    teller.tell(kHttpBodyCut, Level::Error,
                {cat("the answer breaks off: ", answer.body_fault->text()),
                 cat("die Antwort bricht ab: ", answer.body_fault->text())},
                {"look for a wrong Content-Length, a crash, or a proxy that cuts",
                 "nach falschem Content-Length, einem Absturz oder einem Proxy suchen, der abschneidet"},
                std::move(evidence));
  }
  if (answer.keep_alive && !answer.goes_on && !answer.body_fault && !answer.http2 && answer.body.size() < 65536)
    teller.tell(kHttpBodyTooLong, Level::Error,
                {"behind the end of the answer come more bytes", "hinter dem Ende der Antwort kommen weitere Bytes"},
                {"compare Content-Length with what is sent", "Content-Length mit dem Gesendeten vergleichen"});
}

}  // namespace pforte::doctor
