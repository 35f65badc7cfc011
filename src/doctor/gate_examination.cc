#include "doctor/gate_examination.h"

#include <string>
#include <utility>
#include <vector>

#include "base/shell_word.h"
#include "base/text.h"
#include "base/time.h"
#include "doctor/all_ended.h"
#include "doctor/name_examination.h"
#include "doctor/tcp_attempt.h"
#include "doctor/tcp_examination.h"

namespace pforte::doctor {
namespace {

constexpr Check kGateStopped{.id = "path.gate-stopped",
                             .source = "RFC 9293, 3.10.7.1",
                             .why = {"nobody listens at an address of the configuration's [[listener]]",
                                     "an einer Adresse eines [[listener]] der Konfiguration lauscht niemand"}};
constexpr Check kProxyHeader{
    .id = "path.proxy-header",
    .source = "haproxy.org, The PROXY protocol, 2",
    .why = {"who comes through the load balancer begins otherwise than who comes from this machine",
            "wer durch den Lastverteiler kommt, beginnt anders, als wer von diesem Rechner kommt"}};
constexpr Check kConfigurationBroken{
    .id = "path.configuration",
    .source = "pforte(1), check",
    .why = {"with it the gate does not start, and one that runs goes on with what it had before",
            "damit startet das Tor nicht, und ein laufendes behält, was es vorher hatte"}};
constexpr Check kSharedConnection{
    .id = "path.shared-connection",
    .source = "RFC 9113, 9.1.1",
    .why = {"over HTTP/2, browsers use one connection for all hosts of an address that its certificate covers",
            "über HTTP/2 nehmen Browser eine Verbindung für alle Hosts einer Adresse, die ihr Zertifikat nennt"}};
constexpr Check kDrained{.id = "path.drained",
                         .source = "pforte(1), backend drain",
                         .why = {"a drained server gets no new requests until it is undrained, over restarts as well",
                                 "ein ausgeleiteter Server bekommt keine Anfragen, bis er zurückgeholt wird, auch "
                                 "nach einem Neustart"}};
constexpr Check kSignInStopped{.id = "path.service-stopped",
                               .source = "pforte(1), service stop",
                               .why = {"nobody signs in by it until it is started, over restarts as well",
                                       "bis es gestartet wird, meldet es niemanden an, auch nach einem Neustart"}};

// Where the name leads clients, whether or not that is the listener of this machine.
net::Task<> examine_where_name_leads(const Setting& setting, const NameFacts& facts, const GateSubject& subject,
                                     Path& path) {
  const Destination& destination = subject.site.destination;
  Station station{.host = destination.host, .port = destination.port, .at = std::nullopt, .hop = subject.site.hop};
  std::vector<net::Address> addresses = co_await examine_name(setting, facts, station, path);
  std::vector<net::Address> open = co_await examine_tcp(setting, station, std::move(addresses), path);
  co_return {};
}

void tell_proxy_header(const GateSubject& subject, Path& path) {
  if (subject.proxy_header == ProxyHeaderUse::Nobody) return;
  std::string at = subject.site.destination.at->to_text();
  bool ours = subject.proxy_header == ProxyHeaderUse::Us;
  Finding finding{.check = kProxyHeader, .level = ours ? Level::Ok : Level::Note, .hop = subject.site.hop};
  if (ours) {
    finding.seen = {cat(at, " expects a PROXY header, which was sent"),
                    cat(at, " erwartet einen PROXY-Header, der gesendet wurde")};
  } else {
    finding.seen = {cat(at,
                        " expects a PROXY header from others; this machine is not in proxy_protocol_from, and was "
                        "examined without"),
                    cat(at,
                        " erwartet von anderen einen PROXY-Header; dieser Rechner steht nicht in "
                        "proxy_protocol_from und wurde ohne untersucht")};
    finding.remedy = {"examine the way through the load balancer from where the clients are: pforte doctor url",
                      "den Weg durch den Lastverteiler von dort untersuchen, wo die Clients sind: pforte doctor url"};
  }
  path.tell(std::move(finding));
}

Message remedy_of_stop(const GateSubject& subject) {
  Message start = {cat("systemctl start pforte, or ", subject.serve),
                   cat("systemctl start pforte oder ", subject.serve)};
  if (subject.mend.empty()) return start;
  return {cat("mend the configuration first: ", subject.mend, "; then ", start.en),
          cat("zuerst die Konfiguration berichtigen: ", subject.mend, "; dann ", start.de)};
}

}  // namespace

net::Task<bool> examine_listener(const Setting& setting, const GateSubject& subject, Path& path) {
  net::Address at = *subject.site.destination.at;
  TcpAttempt attempt = co_await attempt_tcp(setting.loop, at, setting.step);
  path.reach(subject.site.hop);
  if (attempt.reach != Reach::Refused) co_return true;
  path.tell({.check = kGateStopped,
             .level = Level::Error,
             .hop = subject.site.hop,
             .seen = {cat("nobody listens at ", at.to_text(), ": pforte does not run"),
                      cat("bei ", at.to_text(), " lauscht niemand: pforte läuft nicht")},
             .remedy = remedy_of_stop(subject),
             .command = cat("ss -ltnp sport = :", at.port())});
  co_return false;
}

net::Task<> examine_gate(const Setting& setting, const NameFacts& facts, GateSubject subject, Path& path) {
  bool listens = co_await examine_listener(setting, subject, path);
  if (listens) tell_proxy_header(subject, path);
  std::vector<net::Task<>> parts;
  if (listens) parts.push_back(examine_end(setting, facts, subject.site, path));
  if (listens && subject.has_name) parts.push_back(examine_where_name_leads(setting, facts, subject, path));
  co_await all_ended(std::move(parts));
  co_return {};
}

void tell_configuration(std::size_t count, const Message& first, const std::string& check, std::size_t hop,
                        Path& path) {
  path.tell({.check = kConfigurationBroken,
             .level = Level::Error,
             .hop = hop,
             .seen = {cat("the gate cannot load its configuration, errors: ", count, "; the first: ", first.en),
                      cat("das Tor kann seine Konfiguration nicht laden, Fehler: ", count, "; der erste: ", first.de)},
             .remedy = {cat("mend what it says: ", check), cat("berichtigen, was es nennt: ", check)},
             .command = check});
}

void tell_shared_connection(const Message& what, const Message& remedy, std::size_t hop, Path& path) {
  path.tell({.check = kSharedConnection, .level = Level::Warning, .hop = hop, .seen = what, .remedy = remedy});
}

void tell_drained(const DrainedBackend& backend, std::size_t hop, Path& path) {
  bool all = backend.servers.size() == backend.of;
  std::vector<std::string> which_en, which_de;
  for (const DrainedServer& server : backend.servers) {
    which_en.push_back(cat(server.url, " since ", rfc3339(server.since)));
    which_de.push_back(cat(server.url, " seit ", rfc3339(server.since)));
  }
  Message seen = {cat("of backend ", backend.name, ' ', backend.servers.size(), " of ", backend.of,
                      " servers are drained: ", joined(which_en, ", ")),
                  cat("von Backend ", backend.name, " sind ", backend.servers.size(), " von ", backend.of,
                      " Servern ausgeleitet: ", joined(which_de, ", "))};
  if (all) {
    seen = {cat("every server of backend ", backend.name,
                " is drained, its requests are answered with 503: ", joined(which_en, ", ")),
            cat("alle Server des Backends ", backend.name,
                " sind ausgeleitet, Anfragen erhalten 503: ", joined(which_de, ", "))};
  }
  std::string undrain = cat("pforte backend undrain ", shell_word(backend.name));
  path.tell(
      {.check = kDrained,
       .level = all ? Level::Error : Level::Warning,
       .hop = hop,
       .seen = std::move(seen),
       .remedy = {cat("when the work on it is done: ", undrain), cat("wenn die Arbeit daran getan ist: ", undrain)},
       .command = "pforte backend list"});
}

void tell_stopped_service(const StoppedService& service, bool is_last, std::size_t hop, Path& path) {
  std::string since = rfc3339(service.since), start = cat("pforte service start ", service.name);
  Message seen = {cat("the service ", service.name, " is stopped since ", since, ": nobody is signed in by it"),
                  cat("der Dienst ", service.name, " ist seit ", since, " angehalten: er meldet niemanden an")};
  if (is_last) {
    seen.en += "; and by no other, since all are stopped";
    seen.de += "; auch kein anderer, denn alle sind angehalten";
  }
  path.tell({.check = kSignInStopped,
             .level = is_last ? Level::Error : Level::Warning,
             .hop = hop,
             .seen = std::move(seen),
             .remedy = {cat("start it: ", start), cat("ihn starten: ", start)},
             .command = "pforte service list"});
}

}  // namespace pforte::doctor
