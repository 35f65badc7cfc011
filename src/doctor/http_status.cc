#include "doctor/http_status.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/http_answerer.h"
#include "http/challenge.h"

namespace pforte::doctor {
namespace {

constexpr Check kHttpAnswers{.id = "http.answers", .source = "", .why = {"", ""}};
constexpr Check kHttpBlocked{.id = "http.blocked",
                             .source = "RFC 9110, 15.5.4",
                             .why = {"the request does not reach the application; its log says nothing about it",
                                     "die Anfrage erreicht die Anwendung nicht; in deren Log steht nichts davon"}};
constexpr Check kHttpForbidden{.id = "http.forbidden",
                               .source = "RFC 9110, 15.5.4",
                               .why = {"the server has understood the request and refuses it",
                                       "der Server hat die Anfrage verstanden und verweigert sie"}};
constexpr Check kHttpNotFound{.id = "http.not-found",
                              .source = "RFC 9110, 15.5.5",
                              .why = {"a path that nobody serves, or that a gate hides",
                                      "ein Pfad, den niemand bedient oder den ein Tor verbirgt"}};
constexpr Check kHttpBadRequest{.id = "http.bad-request",
                                .source = "RFC 9110, 15.5.1",
                                .why = {"the server does not take a plain GET as every browser sends it",
                                        "der Server nimmt ein gewöhnliches GET nicht, wie es jeder Browser sendet"}};
constexpr Check kHttpCertificateWanted{
    .id = "http.certificate-wanted",
    .source = "RFC 8446, 4.3.2",
    .why = {"the server lets the handshake pass without a client certificate and refuses every request then",
            "der Server lässt den Handshake ohne Clientzertifikat durch und lehnt dann jede Anfrage ab"}};
constexpr Check kHttpProxySignIn{.id = "http.proxy-sign-in",
                                 .source = "RFC 9110, 15.5.8",
                                 .why = {"programs that cannot sign in at the proxy do not get through",
                                         "Programme, die sich am Proxy nicht anmelden können, kommen nicht durch"}};
constexpr Check kHttpMisdirected{.id = "http.misdirected",
                                 .source = "RFC 9110, 15.5.20",
                                 .why = {"the server does not serve this name at this address",
                                         "der Server bedient diesen Namen an dieser Adresse nicht"}};
constexpr Check kHttpTooMany{
    .id = "http.too-many-requests",
    .source = "RFC 6585, 4",
    .why = {"somebody counts requests and refuses further ones", "jemand zählt Anfragen und verweigert weitere"}};
constexpr Check kHttpRefused{
    .id = "http.refused",
    .source = "RFC 9110, 15.5",
    .why = {"the server takes the request for wrong", "der Server hält die Anfrage für falsch"}};
constexpr Check kHttpFails{.id = "http.server-error",
                           .source = "RFC 9110, 15.6",
                           .why = {"the request has arrived, and something behind it is broken",
                                   "die Anfrage ist angekommen, und dahinter ist etwas defekt"}};
constexpr Check kHttpBadGateway{
    .id = "http.bad-gateway",
    .source = "RFC 9110, 15.6.3",
    .why = {"a proxy in front answers, and gets nothing usable from the server behind it",
            "ein Proxy davor antwortet und bekommt vom Server dahinter nichts Brauchbares"}};
constexpr Check kHttpUnavailable{.id = "http.unavailable",
                                 .source = "RFC 9110, 15.6.4",
                                 .why = {"the application is down, overloaded or being maintained",
                                         "die Anwendung steht, ist überlastet oder wird gewartet"}};
constexpr Check kHttpGatewayTimeout{.id = "http.gateway-timeout",
                                    .source = "RFC 9110, 15.6.5",
                                    .why = {"a proxy in front has waited for the server behind it in vain",
                                            "ein Proxy davor hat vergeblich auf den Server dahinter gewartet"}};
constexpr Check kHttpChallenge{.id = "http.sign-in", .source = "RFC 9110, 11.6.1", .why = {"", ""}};
constexpr Check kHttpNoChallenge{
    .id = "http.no-challenge",
    .source = "RFC 9110, 15.5.2",
    .why = {"without WWW-Authenticate a client cannot know how to sign in",
            "ohne WWW-Authenticate kann ein Client nicht wissen, wie er sich anmelden soll"}};
constexpr Check kHttpNtlmAlone{
    .id = "http.ntlm-only",
    .source = "RFC 4559, 4; [MS-NLMP]",
    .why = {"tickets are not asked for: NTLM has no mutual authentication, can be relayed, and "
            "Microsoft is removing it",
            "nach Tickets wird nicht gefragt: NTLM prüft den Server nicht, lässt sich "
            "weiterreichen, und Microsoft schafft es ab"}};
constexpr Check kHttpNtlmFirst{
    .id = "http.ntlm-first",
    .source = "RFC 9110, 11.6.1",
    .why = {"a client that takes the first scheme it knows uses NTLM, although it has a ticket",
            "ein Client, der das erste bekannte Verfahren nimmt, benutzt NTLM trotz Ticket"}};
constexpr Check kHttpBasicInClear{.id = "http.basic-in-clear",
                                  .source = "RFC 7617, 4",
                                  .why = {"the password goes over the network as Base64, for everybody to read",
                                          "das Passwort geht als Base64 durchs Netz, für jeden lesbar"}};
constexpr Check kHttpNegotiateCloses{.id = "http.negotiate-closes",
                                     .source = "RFC 4559, 6; [MS-NTHT]",
                                     .why = {"NTLM needs several legs on one connection and cannot come to an end",
                                             "NTLM braucht mehrere Schritte auf einer Verbindung und wird nie fertig"}};

constexpr Check kHttpUnhealthy{.id = "http.unhealthy",
                               .source = "pforte.toml(5), health",
                               .why = {"the gate sends no request to a server that does not pass its health check",
                                       "das Tor schickt keine Anfrage an einen Server, der seine Zustandsprüfung nicht "
                                       "besteht"}};

std::vector<Evidence> signs_of(const HttpAnswer& answer, const std::optional<Answerer>& answerer) {
  std::vector<Evidence> evidence;
  evidence.push_back({.name = {"status", "Status"}, .value = cat(answer.status, ' ', answer.reason)});
  if (answerer) evidence.push_back({.name = {"known by", "erkannt an"}, .value = answerer->sign});
  if (const std::string* server = answer.find("Server"))
    evidence.push_back({.name = {"Server", "Server"}, .value = *server});
  if (std::string way = way_of(answer); !way.empty()) evidence.push_back({.name = {"Via", "Via"}, .value = way});
  if (const std::string* reference = answer.find("Pforte-Reference"))
    evidence.push_back({.name = {"Pforte-Reference", "Pforte-Reference"}, .value = *reference});
  return evidence;
}

bool stands_in_front(const std::optional<Answerer>& answerer) {
  return answerer && (answerer->role == Role::Filter || answerer->role == Role::Firewall);
}

// What a status of 4xx or 5xx means, and what to do about it.
struct StatusMeaning {
  int status;
  const Check& check;
  Message what, remedy;
};

StatusMeaning meaning_of_refusal(int status) {
  switch (status) {
    case 400:
      return {status,
              kHttpBadRequest,
              {"the request is called malformed", "die Anfrage gilt als fehlerhaft"},
              {"look into the log of who answered: often the Host is not one it knows",
               "im Log dessen nachsehen, der antwortet: Oft kennt er den Host nicht"}};
    case 403:
      return {status,
              kHttpForbidden,
              {"the request is forbidden", "die Anfrage ist verboten"},
              {"look into the log of who answered for the rule: address, client certificate, rights of the folder",
               "im Log dessen, der antwortet, die Regel suchen: Adresse, Clientzertifikat, Rechte des Ordners"}};
    case 404:
      return {status,
              kHttpNotFound,
              {"the path is not found", "den Pfad gibt es nicht"},
              {"compare the path with the context paths of the application, and with the rules of a gate",
               "den Pfad mit den Kontextpfaden der Anwendung und mit den Regeln eines Tors vergleichen"}};
    case 407:
      return {status,
              kHttpProxySignIn,
              {"a proxy wants a sign-in", "ein Proxy verlangt eine Anmeldung"},
              {"give the proxy's account, or let the proxy pass this address without one",
               "ein Konto für den Proxy angeben, oder ihn diese Adresse ohne durchlassen lassen"}};
    case 421:
      return {status,
              kHttpMisdirected,
              {"the server does not serve this name", "der Server bedient diesen Namen nicht"},
              {"see that DNS leads to the right server, and that its configuration has the name",
               "prüfen, ob DNS zum richtigen Server führt und dessen Konfiguration den Namen hat"}};
    case 429:
      return {status,
              kHttpTooMany,
              {"too many requests", "zu viele Anfragen"},
              {"raise the limit for this address, or find out who asks so often",
               "die Grenze für diese Adresse anheben, oder herausfinden, wer so oft fragt"}};
    default:
      return {status,
              kHttpRefused,
              {"the request is refused", "die Anfrage wird abgelehnt"},
              {"look into the log of who answered", "ins Log dessen sehen, der antwortet"}};
  }
}

StatusMeaning meaning_of_failure(int status) {
  switch (status) {
    case 502:
      return {status,
              kHttpBadGateway,
              {"the server behind the proxy does not answer properly",
               "der Server hinter dem Proxy antwortet nicht "
               "richtig"},
              {"examine the server behind it: is it running, does the port and the scheme fit",
               "den Server dahinter untersuchen: läuft er, stimmen Port und http oder https"}};
    case 503:
      return {status,
              kHttpUnavailable,
              {"the application is not available", "die Anwendung ist nicht verfügbar"},
              {"start it, or look why its health check fails",
               "sie starten, oder nachsehen, warum ihre Zustandsprüfung fehlschlägt"}};
    case 504:
      return {status,
              kHttpGatewayTimeout,
              {"the server behind the proxy did not answer in time",
               "der Server hinter dem Proxy antwortete nicht "
               "rechtzeitig"},
              {"look what the application waits for, then at the proxy's timeout",
               "nachsehen, worauf die Anwendung wartet, dann nach der Zeitgrenze des Proxys"}};
    default:
      return {status,
              kHttpFails,
              {"the server fails", "der Server versagt"},
              {"look into its log at this moment", "in sein Log zu diesem Zeitpunkt sehen"}};
  }
}

// A gate shows nothing at "/" unless it was told to, and many applications have nothing there.
Level level_of_status(const StatusMeaning& meaning, const HttpSubject& subject) {
  if (subject.healthy) return subject.healthy->contain(meaning.status) ? Level::Note : Level::Error;
  bool root = subject.destination.path == "/";
  if (meaning.status == 404 && root) return Level::Note;
  if (meaning.status == 403 && root) return Level::Warning;
  return Level::Error;
}

// nginx with ssl_verify_client says it so, and not in the handshake.
void tell_certificate_wanted(HttpTeller& teller, const HttpAnswer& answer, const std::optional<Answerer>& answerer) {
  Message who = name_of(answerer);
  teller.tell(kHttpCertificateWanted, Level::Error,
              {cat("a client certificate is wanted: 400 from ", who.en),
               cat("ein Clientzertifikat wird verlangt: 400; geantwortet hat: ", who.de)},
              {"give the client a certificate of an authority that the server names, or let the server do without "
               "(nginx: ssl_verify_client optional)",
               "dem Client ein Zertifikat einer CA geben, die der Server nennt, oder den Server darauf verzichten "
               "lassen (nginx: ssl_verify_client optional)"},
              signs_of(answer, answerer), {"--cert", "CLIENT.pem", "--key", "CLIENT.key"});
}

void tell_refusal(HttpTeller& teller, const HttpAnswer& answer, const std::optional<Answerer>& answerer) {
  if (answer.status == 400 && teller.subject().asks_for_certificate)
    return tell_certificate_wanted(teller, answer, answerer);
  StatusMeaning meaning = answer.status >= 500 ? meaning_of_failure(answer.status) : meaning_of_refusal(answer.status);
  Message who = name_of(answerer);
  teller.tell(meaning.check, level_of_status(meaning, teller.subject()),
              {cat(meaning.what.en, ": ", answer.status, " from ", who.en),
               cat(meaning.what.de, ": ", answer.status, "; geantwortet hat: ", who.de)},
              std::move(meaning.remedy), signs_of(answer, answerer));
}

std::vector<std::string> schemes_of(const HttpAnswer& answer) {
  std::vector<std::string> schemes;
  for (std::string_view rest : answer.all("WWW-Authenticate")) {
    while (std::optional<http::Challenge> challenge = http::next_challenge(rest)) {
      if (!challenge->scheme.empty()) schemes.emplace_back(challenge->scheme);
    }
  }
  return schemes;
}

std::size_t place_of(const std::vector<std::string>& schemes, std::string_view wanted) {
  auto found =
      std::ranges::find_if(schemes, [&](const std::string& scheme) { return equals_ignoring_case(scheme, wanted); });
  return static_cast<std::size_t>(found - schemes.begin());
}

}  // namespace

void tell_status(HttpTeller& teller, const HttpAnswer& answer) {
  std::optional<Answerer> answerer = who_answered(answer);
  Message who = name_of(answerer);
  // A filter's page comes with any status, also with 200.
  if (stands_in_front(answerer) && answer.status != 401 && answer.status != 407 &&
      (answer.status >= 400 || answerer->sign.starts_with('"'))) {
    teller.tell(kHttpBlocked, Level::Error,
                {cat(who.en, " answers in the place of the server: ", answer.status),
                 cat(who.de, " antwortet an Stelle des Servers: ", answer.status)},
                {"ask who runs it for an exception for this address, and give them this report",
                 "dessen Betreiber um eine Ausnahme für diese Adresse bitten und ihm diesen Befund geben"},
                signs_of(answer, answerer));
    return;
  }
  if (answer.status >= 400 && answer.status != 401) return tell_refusal(teller, answer, answerer);
  teller.tell(kHttpAnswers, Level::Ok,
              {cat(answer.status, " from ", who.en), cat(answer.status, "; geantwortet hat: ", who.de)}, {},
              signs_of(answer, answerer));
}

void tell_health(HttpTeller& teller, const HttpAnswer& answer) {
  const std::optional<HealthyStatuses>& healthy = teller.subject().healthy;
  if (!healthy || healthy->contain(answer.status)) return;
  const std::string& path = teller.subject().destination.path;
  std::string expected = healthy->from == healthy->to ? cat(healthy->from) : cat(healthy->from, '-', healthy->to);
  teller.tell(
      kHttpUnhealthy, Level::Error,
      {cat("the health check GET ", path, " is answered ", answer.status, ", and ", expected, " is expected"),
       cat("die Zustandsprüfung GET ", path, " wird mit ", answer.status, " beantwortet, erwartet ist ", expected)},
      {"name a path in `health` that answers so when the application is well, or set `expect`",
       "in `health` einen Pfad nennen, der so antwortet, wenn es der Anwendung gut geht, oder `expect` setzen"},
      {{.name = {"status", "Status"}, .value = cat(answer.status, ' ', answer.reason)}});
}

void tell_challenges(HttpTeller& teller, const HttpAnswer& answer) {
  std::vector<std::string> schemes = schemes_of(answer);
  if (schemes.empty()) {
    teller.tell(kHttpNoChallenge, Level::Error, {"401 without a challenge", "401 ohne Angabe, wie man sich anmeldet"},
                {"let the server send WWW-Authenticate, or see which proxy takes it away",
                 "den Server WWW-Authenticate senden lassen, oder den Proxy finden, der es wegnimmt"});
    return;
  }
  std::string list = joined(schemes, ", ");
  std::vector<Evidence> evidence = {{.name = {"WWW-Authenticate", "WWW-Authenticate"}, .value = list}};
  teller.tell(kHttpChallenge, Level::Ok,
              {cat("a sign-in is asked for: ", list), cat("eine Anmeldung ist nötig: ", list)});
  std::size_t ntlm = place_of(schemes, "NTLM");
  std::size_t negotiate = place_of(schemes, "Negotiate");
  if (ntlm < schemes.size() && negotiate == schemes.size()) {
    teller.tell(kHttpNtlmAlone, Level::Warning,
                {"NTLM is offered and Negotiate is not", "NTLM wird angeboten, Negotiate nicht"},
                {"enable Negotiate: in IIS as the first provider of Windows authentication",
                 "Negotiate einschalten: in IIS als ersten Anbieter der Windows-Authentifizierung"},
                evidence);
  } else if (ntlm < negotiate) {
    teller.tell(kHttpNtlmFirst, Level::Warning, {"NTLM stands before Negotiate", "NTLM steht vor Negotiate"},
                {"move Negotiate to the front of the list of providers",
                 "Negotiate in der Liste der Anbieter nach vorn stellen"},
                evidence);
  }
  if (place_of(schemes, "Basic") < schemes.size() && !teller.subject().destination.speaks_tls())
    teller.tell(kHttpBasicInClear, Level::Warning,
                {"passwords are asked for over plain HTTP", "über Klartext-HTTP wird nach Passwörtern gefragt"},
                {"serve it over https alone", "nur über https anbieten"}, evidence);
  if (ntlm < schemes.size() && !answer.keep_alive && !answer.http2)
    teller.tell(
        kHttpNegotiateCloses, Level::Warning,
        {"NTLM is offered, and the connection is closed with the 401",
         "NTLM wird angeboten, und die Verbindung endet mit dem 401"},
        {"let the server and every proxy keep the connection", "Server und alle Proxys die Verbindung halten lassen"},
        evidence);
}

bool offers_negotiate(const HttpAnswer& answer) {
  std::vector<std::string> schemes = schemes_of(answer);
  return place_of(schemes, "Negotiate") < schemes.size();
}

bool has_login_form(const HttpAnswer& answer) {
  constexpr auto kInputs = std::to_array<std::string_view>({"type=\"password\"", "type='password'", "type=password"});
  return std::ranges::any_of(kInputs, [&](std::string_view input) {
    return !std::ranges::search(answer.body, input, {}, lower, lower).empty();
  });
}

}  // namespace pforte::doctor
