#include "doctor/tls_refusal.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/printable.h"
#include "base/text.h"
#include "doctor/tls_alert.h"
#include "doctor/tls_finding.h"

namespace pforte::doctor {
namespace {

constexpr std::uint8_t kUnrecognizedName = 112, kProtocolVersion = 70, kHandshakeFailure = 40;

constexpr Words kNoClientComesIn = {"no client that speaks TLS comes in here",
                                    "kein Client, der TLS spricht, kommt hier hinein"};

constexpr Check kPlainHttp{.id = "tls.plain-http", .source = "RFC 9112, 4", .why = kNoClientComesIn};
constexpr Check kOtherSpeech{.id = "tls.other-protocol", .source = "", .why = kNoClientComesIn};
constexpr Check kNameUnknown{
    .id = "tls.name-unknown",
    .source = "RFC 6066, 3",
    .why = {"clients send the name that they were given, and this server serves others",
            "Clients senden den Namen, der ihnen genannt wurde, und dieser Server bedient andere"}};
constexpr Check kVersionRefused{.id = "tls.version-refused",
                                .source = "RFC 8446, 6.2",
                                .why = {"clients of today speak TLS 1.2 and 1.3 and nothing else",
                                        "heutige Clients sprechen TLS 1.2 und 1.3 und nichts anderes"}};
constexpr Check kHandshakeRefused{.id = "tls.handshake-refused",
                                  .source = "RFC 8446, 6.2",
                                  .why = {"every client is refused that offers what today's clients do",
                                          "jeder Client wird abgewiesen, der anbietet, was heutige Clients anbieten"}};
constexpr Check kOtherAlert{.id = "tls.alert", .source = "RFC 8446, 6.2", .why = kNoClientComesIn};
constexpr Check kNameFiltered{.id = "tls.name-filtered",
                              .source = "RFC 8446, 6.2",
                              .why = {"who refuses by TLS says so with an alert; a dropped connection comes from a "
                                      "filter on the way, or a load balancer, "
                                      "that decides by the name in the hello",
                                      "wer in TLS ablehnt, sagt es mit einem Alert; eine fallengelassene Verbindung "
                                      "kommt von einem Filter auf dem Weg oder "
                                      "einem Load Balancer, der nach dem Namen in der Begrüßung entscheidet"}};
constexpr Check kIntolerant{
    .id = "tls.intolerant",
    .source = "RFC 8446, 4.2",
    .why = {
        "a server has to pass over what it does not know; clients of today do not try again with less",
        "ein Server muss übergehen, was er nicht kennt; heutige Clients versuchen es nicht noch einmal mit weniger"}};
constexpr Check kReset{
    .id = "tls.reset",
    .source = "RFC 8446, 6.2",
    .why = {
        "a TLS server that refuses says so with an alert: a filter on the way or a crash looks like this",
        "ein TLS-Server, der ablehnt, sagt es mit einem Alert: so sieht ein Filter auf dem Weg oder ein Absturz aus"}};
constexpr Check kClosed{
    .id = "tls.hangs-up",
    .source = "RFC 8446, 6.2",
    .why = {"a TLS server that refuses says so with an alert", "ein TLS-Server, der ablehnt, sagt es mit einem Alert"}};
constexpr Check kAnswersNot{
    .id = "tls.silent", .source = "", .why = {"clients wait until they give up", "Clients warten, bis sie aufgeben"}};
constexpr Check kTooSlow{.id = "tls.slow",
                         .source = "",
                         .why = {"clients wait for seconds, and many give up before",
                                 "Clients warten Sekunden, und viele geben vorher auf"}};
constexpr Check kBroken{.id = "tls.malformed",
                        .source = "RFC 8446, 6",
                        .why = {"clients end such a handshake", "Clients brechen einen solchen Handshake ab"}};
constexpr Check kUnreachable{.id = "tls.unreachable",
                             .source = "",
                             .why = {"without a connection there is no TLS", "ohne Verbindung gibt es kein TLS"}};

// The first words by which protocols give themselves away, at a place of the banner.
struct Speech {
  std::string_view name;
  std::size_t at;
  std::string_view words;
};

constexpr auto kSpeeches = std::to_array<Speech>({
    {"HTTP", 0, "HTTP/"},
    {"HTTP", 0, "<!DOCTYPE"},
    {"HTTP", 0, "<html"},
    {"SSH", 0, "SSH-"},
    {"POP3", 0, "+OK"},
    {"IMAP", 0, "* OK"},
    {"VNC", 0, "RFB "},
    {"LDAP", 0, "\x30"},      // RFC 4511, 4.4.1: notice of disconnection
    {"RDP", 0, "\x03"},       // TPKT, RFC 1006, 6
    {"MySQL", 3, {"\0", 1}},  // the first packet
});

// What a finding about an alert says, told apart by what the alert is.
const Check& check_of_alert(std::uint8_t number) {
  switch (number) {
    case kUnrecognizedName:
      return kNameUnknown;
    case kProtocolVersion:
      return kVersionRefused;
    case kHandshakeFailure:
      return kHandshakeRefused;
    default:
      return kOtherAlert;
  }
}

void tell_alert(const TlsSubject& subject, std::uint8_t number, Path& path) {
  const AlertMeaning& meaning = meaning_of_alert(number);
  std::string alert = alert_text(number);
  Finding finding =
      finding_on(subject, check_of_alert(number), Level::Error,
                 {cat("the server answers the hello with the alert ", alert, ": ", meaning.means.en),
                  cat("der Server beantwortet die Begrüßung mit dem Alert ", alert, ": ", meaning.means.de)},
                 {std::string(meaning.remedy.en), std::string(meaning.remedy.de)});
  finding.evidence.push_back({.name = {"alert", "Alert"}, .value = alert});
  path.tell(std::move(finding));
}

// An alert that only a hello with this name gets.
void tell_name(const TlsSubject& subject, std::uint8_t number, Path& path) {
  std::string alert = alert_text(number);
  const AlertMeaning& remedy = meaning_of_alert(kUnrecognizedName);
  path.tell(finding_on(subject, kNameUnknown, Level::Error,
                       {cat("the server refuses a hello that names ", subject.destination.host, " with the alert ",
                            alert, ", and takes one without a name"),
                        cat("der Server lehnt eine Begrüßung, die ", subject.destination.host, " nennt, mit dem Alert ",
                            alert, " ab und nimmt eine ohne Namen")},
                       {std::string(remedy.remedy.en), std::string(remedy.remedy.de)}));
}

void tell_other_speech(const TlsSubject& subject, const std::string& banner, Path& path) {
  std::string speech(speech_of(banner));
  bool http = speech == "HTTP";
  Message seen{"this port speaks something other than TLS", "dieser Port spricht etwas anderes als TLS"};
  if (!speech.empty())
    seen = {cat("this port speaks ", speech, ", not TLS"), cat("dieser Port spricht ", speech, ", nicht TLS")};
  Message remedy{"use the port on which the service speaks TLS, or switch TLS on here",
                 "den Port nehmen, auf dem der Dienst TLS spricht, oder TLS hier einschalten"};
  if (http)
    remedy = {
        "write http:// for this port, or switch TLS on here (nginx: listen ... ssl; Tomcat: SSLEnabled)",
        "für diesen Port http:// schreiben oder TLS hier einschalten (nginx: listen ... ssl; Tomcat: SSLEnabled)"};
  Finding finding =
      finding_on(subject, http ? kPlainHttp : kOtherSpeech, Level::Error, std::move(seen), std::move(remedy));
  constexpr std::size_t kShown = 80;
  finding.evidence.push_back({.name = {"first bytes", "erste Bytes"}, .value = printable(banner.substr(0, kShown))});
  path.tell(std::move(finding));
}

// How a connection went that ended, or did not, without a word of TLS.
Message deed_of(AnswerEnd end) {
  switch (end) {
    case AnswerEnd::Reset:
      return {"drops the connection (RST)", "lässt die Verbindung fallen (RST)"};
    case AnswerEnd::Closed:
      return {"closes the connection without an alert", "schließt die Verbindung ohne Alert"};
    default:
      return {"does not answer", "antwortet nicht"};
  }
}

void tell_filtered(const TlsSubject& subject, AnswerEnd end, Path& path) {
  Message deed = deed_of(end);
  path.tell(finding_on(subject, kNameFiltered, Level::Error,
                       {cat("the other side ", deed.en, " when the hello names ", subject.destination.host,
                            ", and answers one without a name"),
                        cat("die Gegenseite ", deed.de, ", wenn die Begrüßung ", subject.destination.host,
                            " nennt, und antwortet auf eine ohne Namen")},
                       {cat("allow ", subject.destination.host, " in the firewall, proxy or load balancer on the way"),
                        cat(subject.destination.host, " in Firewall, Proxy oder Load Balancer auf dem Weg erlauben")}));
}

void tell_intolerant(const TlsSubject& subject, AnswerEnd end, Path& path) {
  Message deed = deed_of(end);
  Finding finding = finding_on(
      subject, kIntolerant, Level::Error,
      {cat("the other side ", deed.en, " when the hello offers TLS 1.3, and answers one of TLS 1.2"),
       cat("die Gegenseite ", deed.de, ", wenn die Begrüßung TLS 1.3 anbietet, und antwortet auf eine mit TLS 1.2")},
      {"update the server, or the inspecting firewall in front of it",
       "den Server aktualisieren, oder die inspizierende Firewall davor"});
  path.tell(std::move(finding));
}

// Whoever answers in part, or the same hello at another time, minds nothing of it.
bool is_late(const TlsAnswer& contact, const SecondTry& tried) {
  return contact.end == AnswerEnd::Slow || (contact.end == AnswerEnd::Silent && tried.again && is_answer(*tried.again));
}

void tell_lateness(const TlsSubject& subject, AnswerEnd end, Path& path) {
  bool begins = end == AnswerEnd::Slow;
  Message seen{"the server leaves a hello without an answer and answers the same one the next time",
               "der Server lässt eine Begrüßung ohne Antwort und beantwortet dieselbe beim nächsten Mal"};
  if (begins)
    seen = {"the server begins to answer the hello and does not come to an end in time",
            "der Server fängt an, die Begrüßung zu beantworten, und kommt nicht rechtzeitig zu Ende"};
  path.tell(finding_on(subject, kTooSlow, begins ? Level::Error : Level::Warning, std::move(seen),
                       {"look at the load of the server and at what stands between",
                        "Last des Servers ansehen und was dazwischen steht"}));
}

void tell_wordless_end(const TlsSubject& subject, AnswerEnd end, Path& path) {
  Message deed = deed_of(end);
  const Check& check = end == AnswerEnd::Reset ? kReset : end == AnswerEnd::Closed ? kClosed : kAnswersNot;
  path.tell(finding_on(
      subject, check, Level::Error,
      {cat("the other side ", deed.en, " after the hello"), cat("die Gegenseite ", deed.de, ", nach der Begrüßung")},
      {"look whether this port is meant for TLS, into the log of the server, and at what stands between",
       "prüfen, ob dieser Port für TLS gedacht ist, im Protokoll des Servers nachsehen und was dazwischen steht"}));
}

}  // namespace

std::string_view speech_of(std::string_view banner) {
  constexpr std::size_t kWithinMail = 3;
  if (banner.starts_with("220")) return banner.contains("SMTP") ? "SMTP" : banner.size() > kWithinMail ? "FTP" : "";
  const auto* found = std::ranges::find_if(kSpeeches, [&](const Speech& speech) {
    return banner.size() > speech.at && banner.substr(speech.at).starts_with(speech.words);
  });
  return found == kSpeeches.end() ? "" : found->name;
}

void tell_refusal(const TlsSubject& subject, const TlsAnswer& contact, const SecondTry& tried, Path& path) {
  const ServerFlight& flight = contact.flight;
  switch (contact.end) {
    case AnswerEnd::Hello:
    case AnswerEnd::Alert:
      if (flight.alert && tried.unnamed && tried.unnamed->end == AnswerEnd::Hello)
        return tell_name(subject, flight.alert->number, path);
      return tell_alert(subject, flight.alert ? flight.alert->number : 0, path);
    case AnswerEnd::OtherSpeech:
      return tell_other_speech(subject, flight.banner, path);
    case AnswerEnd::Broken:
      return path.tell(finding_on(
          subject, kBroken, Level::Error,
          {cat("the server breaks the protocol: ", flight.fault.en),
           cat("der Server verletzt das Protokoll: ", flight.fault.de)},
          {"update the server, or what stands in front of it", "den Server aktualisieren, oder was vor ihm steht"}));
    case AnswerEnd::Unreachable:
      return path.tell(finding_on(
          subject, kUnreachable, Level::Error, {"no connection came about", "es kam keine Verbindung zustande"},
          {"look at the port and at what stands between", "Port prüfen und was dazwischen steht"}));
    default:
      if (is_late(contact, tried)) return tell_lateness(subject, contact.end, path);
      if (tried.unnamed && is_answer(*tried.unnamed)) return tell_filtered(subject, contact.end, path);
      if (tried.plain && is_answer(*tried.plain)) return tell_intolerant(subject, contact.end, path);
      return tell_wordless_end(subject, contact.end, path);
  }
}

}  // namespace pforte::doctor
