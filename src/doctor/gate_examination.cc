#include "doctor/gate_examination.h"

#include <utility>
#include <vector>

#include "base/text.h"
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
constexpr Check kSharedConnection{
    .id = "path.shared-connection",
    .source = "RFC 9113, 9.1.1",
    .why = {"over HTTP/2, browsers use one connection for all hosts of an address that its certificate covers",
            "über HTTP/2 nehmen Browser eine Verbindung für alle Hosts einer Adresse, die ihr Zertifikat nennt"}};

// Where the name leads clients, whether or not that is the listener of this machine.
net::Task<> examine_where_name_leads(const Setting& setting, const NameFacts& facts, const GateSubject& subject,
                                     Path& path) {
  const Destination& destination = subject.site.destination;
  Station station{.host = destination.host, .port = destination.port, .at = std::nullopt, .hop = subject.site.hop};
  std::vector<net::Address> addresses = co_await examine_name(setting, facts, station, path);
  std::vector<net::Address> open = co_await examine_tcp(setting, station, std::move(addresses), path);
  co_return {};
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
             .remedy = {cat("systemctl start pforte, or ", subject.serve),
                        cat("systemctl start pforte oder ", subject.serve)},
             .command = cat("ss -ltnp sport = :", at.port())});
  co_return false;
}

net::Task<> examine_gate(const Setting& setting, const NameFacts& facts, GateSubject subject, Path& path) {
  bool listens = co_await examine_listener(setting, subject, path);
  std::vector<net::Task<>> parts;
  if (listens) parts.push_back(examine_end(setting, facts, subject.site, path));
  if (listens && subject.has_name) parts.push_back(examine_where_name_leads(setting, facts, subject, path));
  co_await all_ended(std::move(parts));
  co_return {};
}

void tell_shared_connection(const Message& what, const Message& remedy, std::size_t hop, Path& path) {
  path.tell({.check = kSharedConnection, .level = Level::Warning, .hop = hop, .seen = what, .remedy = remedy});
}

}  // namespace pforte::doctor
