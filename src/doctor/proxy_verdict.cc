#include "doctor/proxy_verdict.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "doctor/shown_command.h"

namespace pforte::doctor {
namespace {

constexpr Check kProxyOpened{.id = "proxy.opened", .source = "", .why = {"", ""}};
constexpr Check kProxyDenied{.id = "proxy.denied",
                             .source = "RFC 9110, 9.3.6 and 15.5.4",
                             .why = {"the proxy lets this destination, or this client, not through",
                                     "der Proxy lässt dieses Ziel oder diesen Client nicht durch"}};
constexpr Check kProxyDeniedAddress{
    .id = "proxy.address-denied",
    .source = "RFC 9110, 9.3.6",
    .why = {"rules of proxies go by names; a URL with an IP address matches none of them",
            "Regeln von Proxys richten sich nach Namen; eine URL mit IP-Adresse trifft keine davon"}};
constexpr Check kProxyNeedsSignIn{
    .id = "proxy.sign-in-needed",
    .source = "RFC 9110, 15.5.8",
    .why = {"the proxy serves only who proves who he is, and programs without a user cannot by themselves",
            "der Proxy bedient nur, wer sich ausweist, und Programme ohne Benutzer können das nicht von selbst"}};
constexpr Check kProxyWrongPassword{.id = "proxy.wrong-password",
                                    .source = "RFC 9110, 15.5.8",
                                    .why = {"the proxy asks again although it was given a user and a password",
                                            "der Proxy fragt erneut, obwohl er Benutzer und Passwort bekam"}};
constexpr Check kProxyOtherScheme{
    .id = "proxy.scheme",
    .source = "RFC 9110, 11.7.1",
    .why = {"a password is taken by Basic only; Negotiate and NTLM want a ticket or a Windows user",
            "ein Passwort nimmt nur Basic; Negotiate und NTLM wollen ein Ticket oder einen Windows-Benutzer"}};
constexpr Check kProxyNoConnect{
    .id = "proxy.no-connect",
    .source = "RFC 9110, 9.3.6",
    .why = {"an HTTP server answers there that opens no connections: a web server, or another port",
            "dort antwortet ein HTTP-Server, der keine Verbindungen öffnet: ein Webserver oder ein anderer Port"}};
constexpr Check kProxyNotHttp{
    .id = "proxy.not-a-proxy",
    .source = "RFC 9112, 4",
    .why = {"what answers there speaks something else than HTTP, or TLS where http:// was said",
            "was dort antwortet, spricht etwas anderes als HTTP, oder TLS, wo http:// gesagt wurde"}};
constexpr Check kProxyClosed{.id = "proxy.closes",
                             .source = "",
                             .why = {"proxies do so with clients that they do not know, and when they are overloaded",
                                     "das tun Proxys mit Clients, die sie nicht kennen, und wenn sie überlastet sind"}};
constexpr Check kProxySilent{.id = "proxy.silent",
                             .source = "",
                             .why = {"either the proxy hangs, or it waits for a destination that does not answer it",
                                     "entweder hängt der Proxy, oder er wartet auf ein Ziel, das ihm nicht antwortet"}};
constexpr Check kProxyTooLarge{.id = "proxy.answer-too-large",
                               .source = "RFC 9110, 5.4",
                               .why = {"no client reads so much before the connection is open",
                                       "kein Client liest so viel, bevor die Verbindung offen ist"}};
constexpr Check kProxyTls{
    .id = "proxy.tls",
    .source = "RFC 8446",
    .why = {"the proxy is spoken to by TLS, and the client must trust its certificate",
            "mit dem Proxy wird TLS gesprochen, und der Client muss seinem Zertifikat vertrauen"}};
constexpr Check kProxyRedirects{
    .id = "proxy.redirects",
    .source = "RFC 9110, 9.3.6",
    .why = {"a sign-in page for people (captive portal) stands where programs expect a connection",
            "eine Anmeldeseite für Menschen steht, wo Programme eine Verbindung erwarten"}};
constexpr Check kProxyFails{.id = "proxy.failure",
                            .source = "RFC 9110, 15",
                            .why = {"the proxy does not open the connection", "der Proxy öffnet die Verbindung nicht"}};
constexpr Check kTargetUnresolved{
    .id = "proxy.target-unresolved",
    .source = "RFC 9209, 2.3.2 (dns_error)",
    .why = {"behind a proxy it is the proxy that looks names up, by its own DNS",
            "hinter einem Proxy schlägt der Proxy die Namen nach, mit seinem eigenen DNS"}};
constexpr Check kTargetRefused{.id = "proxy.target-refused",
                               .source = "RFC 9209, 2.3.6 (connection_refused)",
                               .why = {"the proxy works; the destination refuses its connection",
                                       "der Proxy funktioniert; das Ziel lehnt seine Verbindung ab"}};
constexpr Check kTargetSilent{
    .id = "proxy.target-silent",
    .source = "RFC 9110, 15.6.5; RFC 9209, 2.3.8",
    .why = {"the proxy works; the destination does not answer it, or a firewall behind the proxy drops packets",
            "der Proxy funktioniert; das Ziel antwortet ihm nicht, oder eine Firewall hinter ihm verwirft Pakete"}};
constexpr Check kTargetUnreached{.id = "proxy.target-unreached",
                                 .source = "RFC 9110, 15.6.3 and 15.6.4",
                                 .why = {"the proxy works; it does not reach the destination",
                                         "der Proxy funktioniert; er erreicht das Ziel nicht"}};

bool says_any(const ConnectAnswer& answer, std::initializer_list<std::string_view> phrases) {
  std::string all = lowered(cat(answer.detail, ' ', answer.reason, ' ', answer.words));
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return all.find(phrase) != std::string::npos; });
}

std::string status_text(const ConnectAnswer& answer) {
  std::string text = cat(answer.status, answer.reason.empty() ? "" : " ", answer.reason);
  std::string_view more = answer.detail.empty() ? answer.words : answer.detail;
  return more.empty() || more == answer.reason ? text : cat(text, " (", more, ')');
}

// What is told of an answer, and whether it is about what lies behind the proxy.
struct Ruling {
  const Check* check;
  Message seen;
  Message remedy;
  bool of_end = false;
};

// Judges the answer of one proxy.
class ProxyJudgement {
 public:
  ProxyJudgement(const ConnectAnswer& answer, const Destination& destination, std::string name)
      : answer_(answer),
        destination_(destination),
        name_(std::move(name)),
        end_(host_port(destination.host, destination.port)) {}

  Ruling rule() const {
    switch (answer_.state) {
      case ConnectState::Opened:
        return {&kProxyOpened, {cat(name_, " leads to ", end_), cat(name_, " führt zu ", end_)}, {}};
      case ConnectState::Answered:
        return of_status();
      case ConnectState::NotConnected:
        return {&kProxyClosed, {cat(name_, ": ", answer_.failure), cat(name_, ": ", answer_.failure)}, see_log()};
      case ConnectState::TlsFailed:
        return of_tls();
      case ConnectState::NotHttp:
        return {&kProxyNotHttp,
                {cat(name_, " does not answer as an HTTP proxy: ", answer_.failure),
                 cat(name_, " antwortet nicht wie ein HTTP-Proxy: ", answer_.failure)},
                {"check the proxy's port, and http:// against https:// in its URL",
                 "den Port des Proxys prüfen, und http:// gegen https:// in seiner URL"}};
      case ConnectState::Closed:
        return {&kProxyClosed,
                {cat(name_, " closes the connection without an answer to CONNECT"),
                 cat(name_, " schließt die Verbindung ohne Antwort auf CONNECT")},
                see_log()};
      case ConnectState::Silent:
        return {&kProxySilent,
                {cat(name_, " did not answer CONNECT within ", answer_.took.count(), " ms"),
                 cat(name_, " hat in ", answer_.took.count(), " ms nicht auf CONNECT geantwortet")},
                {"ask for a destination that is known to work; look at the proxy's log",
                 "ein Ziel versuchen, das sicher geht; das Protokoll des Proxys ansehen"}};
      case ConnectState::TooLarge:
        return {&kProxyTooLarge,
                {cat("the head of ", name_, "'s answer is larger than any client takes"),
                 cat("der Kopf der Antwort von ", name_, " ist größer, als ein Client annimmt")},
                see_log()};
    }
    std::unreachable();
  }

 private:
  static Message see_log() {
    return {"look at the proxy's log, and at its rules for the address of this client",
            "das Protokoll des Proxys ansehen und seine Regeln für die Adresse dieses Clients"};
  }

  Message answers() const {
    std::string status = status_text(answer_);
    return {cat(name_, " answers ", status, " to CONNECT ", end_),
            cat(name_, " antwortet ", status, " auf CONNECT ", end_)};
  }

  Ruling of_tls() const {
    return {&kProxyTls,
            {cat("TLS with ", name_, " does not come about: ", answer_.failure),
             cat("TLS mit ", name_, " kommt nicht zustande: ", answer_.failure)},
            {"give the CA of the proxy's certificate by --trust; where the port speaks plain HTTP, write http://",
             "die CA des Proxy-Zertifikats mit --trust nennen; wo der Port unverschlüsseltes HTTP spricht, http:// "
             "schreiben"}};
  }

  Ruling of_status() const {
    switch (answer_.status) {
      case 407:
        return of_sign_in();
      case 403:
      case 451:
        return of_denial();
      case 400:
      case 404:
      case 405:
      case 501:
        return {&kProxyNoConnect,
                answers(),
                {"check host and port of the proxy; else let it allow CONNECT to this port",
                 "Rechner und Port des Proxys prüfen; sonst ihn CONNECT zu diesem Port erlauben lassen"}};
      case 502:
      case 503:
      case 504:
        return of_gateway();
      default:
        break;
    }
    if (answer_.status >= 300 && answer_.status < 400)
      return {&kProxyRedirects,
              {cat(name_, " sends the client to ", answer_.location),
               cat(name_, " schickt den Client zu ", answer_.location)},
              {"sign in there with a browser, or have this machine exempted",
               "sich dort mit einem Browser anmelden oder diesen Rechner ausnehmen lassen"}};
    return {&kProxyFails, answers(), see_log()};
  }

  Ruling of_denial() const {
    if (destination_.is_address())
      return {&kProxyDeniedAddress,
              answers(),
              {"use the name instead of the address, or have the address allowed",
               "den Namen statt der Adresse verwenden oder die Adresse erlauben lassen"}};
    return {&kProxyDenied,
            answers(),
            {cat("have ", end_, " allowed in the proxy's rules for this client"),
             cat(end_, " in den Regeln des Proxys für diesen Client erlauben lassen")}};
  }

  Ruling of_sign_in() const {
    std::string schemes = answer_.schemes.empty() ? "-" : joined(answer_.schemes, ", ");
    bool basic = std::ranges::find(answer_.schemes, "basic") != answer_.schemes.end();
    if (destination_.via->user.empty())
      return {&kProxyNeedsSignIn,
              {cat(name_, " wants a sign-in (407), by: ", schemes),
               cat(name_, " verlangt eine Anmeldung (407), mit: ", schemes)},
              {"have this machine or destination exempted, or give a user: --via http://USER:PASSWORD@HOST:PORT",
               "diesen Rechner oder dieses Ziel ausnehmen lassen oder einen Benutzer nennen: --via "
               "http://BENUTZER:PASSWORT@RECHNER:PORT"}};
    if (!basic)
      return {
          &kProxyOtherScheme,
          {cat(name_, " takes no password, only: ", schemes), cat(name_, " nimmt kein Passwort, nur: ", schemes)},
          {"try it with `curl --proxy-negotiate -U :` and a ticket; else have this machine exempted",
           "es mit `curl --proxy-negotiate -U :` und einem Ticket versuchen; sonst diesen Rechner ausnehmen lassen"}};
    return {&kProxyWrongPassword,
            {cat(name_, " does not take user ", destination_.via->user, " with this password (407)"),
             cat(name_, " nimmt den Benutzer ", destination_.via->user, " mit diesem Passwort nicht an (407)")},
            {"check user and password of the proxy; has the password expired?",
             "Benutzer und Passwort des Proxys prüfen; ist das Passwort abgelaufen?"}};
  }

  Ruling of_gateway() const {
    std::string status = status_text(answer_);
    auto because = [&](std::string_view en, std::string_view de) {
      return Message{cat(name_, en, end_, ": ", status), cat(name_, de, end_, ": ", status)};
    };
    if (says_any(answer_,
                 {"dns", "resolve", "name or service not known", "unknown host", "host not found", "err_dns_fail"}))
      return {&kTargetUnresolved,
              because(" finds no address for ", " findet keine Adresse für "),
              {"check the name; else the DNS of the proxy", "den Namen prüfen; sonst das DNS des Proxys"},
              true};
    if (says_any(answer_, {"refused"}))
      return {&kTargetRefused,
              because(" is refused by ", " wird abgewiesen von "),
              {"check that the service runs there, and that it lets the proxy in",
               "prüfen, ob der Dienst dort läuft und den Proxy hineinlässt"},
              true};
    if (answer_.status == 504 || says_any(answer_, {"timed out", "timeout", "time-out"}))
      return {&kTargetSilent,
              because(" gets no answer from ", " bekommt keine Antwort von "),
              {"let the proxy's address through the firewall in front of the destination",
               "die Adresse des Proxys durch die Firewall vor dem Ziel lassen"},
              true};
    return {&kTargetUnreached,
            because(" does not reach ", " erreicht nicht "),
            {"look at the proxy's log: it names the reason", "das Protokoll des Proxys ansehen: es nennt den Grund"},
            true};
  }

  const ConnectAnswer& answer_;
  const Destination& destination_;
  std::string name_;
  std::string end_;
};

// The proxy behind the one that was asked, where the answer names it: who made an answer stands first in Via, whoever
// passed it on behind it (RFC 9110, 7.6.3). "1.1 parent (squid/5.7)" is "parent (squid/5.7)".
std::string parent_of(const ConnectAnswer& answer) {
  if (answer.via.size() < 2) return "";
  const std::string& first = answer.via.front();
  std::size_t blank = first.find(' ');
  return blank == std::string::npos ? first : first.substr(blank + 1);
}

std::vector<Evidence> evidence_of_connect(const ConnectAnswer& answer) {
  std::vector<Evidence> list = {{.name = {"time", "Zeit"}, .value = cat(answer.took.count(), " ms")}};
  auto add = [&](std::string_view en, std::string_view de, std::string value) {
    if (!value.empty()) list.push_back({.name = {std::string(en), std::string(de)}, .value = std::move(value)});
  };
  add("status", "Status", answer.status == 0 ? std::string() : cat(answer.status, ' ', answer.reason));
  add("Server", "Server", answer.server);
  add("Via", "Via", joined(answer.via, ", "));
  add("X-Squid-Error", "X-Squid-Error", answer.detail);
  add("Proxy-Authenticate", "Proxy-Authenticate", joined(answer.schemes, ", "));
  add("page", "Seite", answer.words);
  return list;
}

}  // namespace

void judge_proxy_answer(const ConnectAnswer& answer, const Destination& destination, std::size_t hop, Path& path) {
  std::string parent = parent_of(answer);
  if (!parent.empty()) {
    path.reach(hop);
    path.insert(++hop, {cat("parent proxy ", parent), cat("übergeordneter Proxy ", parent)});
    path.reach(hop);
  }
  std::string name = parent.empty() ? to_text(*destination.via) : parent;
  Ruling ruling = ProxyJudgement(answer, destination, std::move(name)).rule();
  Destination shown = destination;
  if (!shown.speaks_http()) shown.path = "/";
  path.reach(hop);
  path.tell({.check = *ruling.check,
             .level = answer.state == ConnectState::Opened ? Level::Ok : Level::Error,
             .hop = ruling.of_end ? hop + 1 : hop,
             .seen = std::move(ruling.seen),
             .remedy = std::move(ruling.remedy),
             .command = curl_command(shown),
             .evidence = evidence_of_connect(answer)});
}

}  // namespace pforte::doctor
