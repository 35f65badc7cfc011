#include "doctor/tcp_examination.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/german.h"
#include "base/text.h"
#include "doctor/all_ended.h"
#include "doctor/destination.h"
#include "doctor/tcp_attempt.h"

namespace pforte::doctor {
namespace {

using std::chrono::milliseconds;

// No host has more that matter; one that says so shall not make us scan.
constexpr std::size_t kMostAddresses = 16;

// The first SYN is sent again after a second (RFC 6298, 2.1): whoever answers later has lost one.
constexpr milliseconds kSlowConnect{900};

constexpr Check kTcpOpen{.id = "tcp.open", .source = "", .why = {"", ""}};
constexpr Check kTcpRefused{
    .id = "tcp.refused",
    .source = "RFC 9293, 3.10.7.1",
    .why = {"the machine answers, but no program listens at that port, or a firewall rejects it",
            "der Rechner antwortet, aber an dem Port lauscht kein Programm, oder eine Firewall weist ab"}};
constexpr Check kTcpFiltered{
    .id = "tcp.filtered",
    .source = "RFC 9293, 3.8.3",
    .why = {"neither yes nor no comes back: the machine is off, the address wrong, or a firewall drops "
            "the packets of either direction",
            "weder ja noch nein kommt zurück: der Rechner ist aus, die Adresse falsch, oder eine Firewall "
            "verwirft die Pakete einer Richtung"}};
constexpr Check kTcpUnreachable{
    .id = "tcp.unreachable",
    .source = "RFC 1122, 3.2.2.1",
    .why = {"a router on the way, or this machine for its own network, says that nobody is there",
            "ein Router auf dem Weg, oder dieser Rechner für sein eigenes Netz, sagt, dass niemand da ist"}};
constexpr Check kTcpNoRoute{.id = "tcp.no-route",
                            .source = "RFC 1122, 3.3.1",
                            .why = {"this machine does not know where to send the packets",
                                    "dieser Rechner weiß nicht, wohin er die Pakete schicken soll"}};
constexpr Check kTcpForbidden{.id = "tcp.forbidden",
                              .source = "RFC 1812, 5.2.7.1 (communication administratively prohibited)",
                              .why = {"a packet filter of this machine or on the way says no",
                                      "ein Paketfilter dieses Rechners oder auf dem Weg sagt nein"}};
constexpr Check kTcpOther{.id = "tcp.failed",
                          .source = "connect(2)",
                          .why = {"no connection comes about", "es kommt keine Verbindung zustande"}};
constexpr Check kTcpSomeAddresses{
    .id = "tcp.some-addresses-dead",
    .source = "RFC 8305, 5",
    .why = {"clients that try such an address first wait, and those that try only one fail",
            "Clients, die eine solche Adresse zuerst versuchen, warten, und die nur eine versuchen, scheitern"}};
constexpr Check kTcpIpv6Dead{.id = "tcp.ipv6-dead",
                             .source = "RFC 8305, 5; RFC 6724, 6",
                             .why = {"clients try IPv6 first: each connection waits until they give up on it",
                                     "Clients versuchen IPv6 zuerst: jede Verbindung wartet, bis sie es aufgeben"}};
constexpr Check kTcpSlow{
    .id = "tcp.slow",
    .source = "RFC 6298, 2.1",
    .why = {"a connection takes one round trip; seconds mean that packets are lost",
            "eine Verbindung braucht einen Hin- und Rückweg; Sekunden heißen, dass Pakete verloren gehen"}};

const Check& check_of(Reach reach) {
  switch (reach) {
    case Reach::Open:
      return kTcpOpen;
    case Reach::Refused:
      return kTcpRefused;
    case Reach::NoAnswer:
      return kTcpFiltered;
    case Reach::Unreachable:
      return kTcpUnreachable;
    case Reach::NoRoute:
      return kTcpNoRoute;
    case Reach::Forbidden:
      return kTcpForbidden;
    case Reach::Other:
      return kTcpOther;
  }
  std::unreachable();
}

Message words_of(const TcpAttempt& attempt) {
  switch (attempt.reach) {
    case Reach::Open:
      return {"takes connections", "nimmt Verbindungen an"};
    case Reach::Refused:
      return {"refuses connections", "lehnt Verbindungen ab"};
    case Reach::NoAnswer:
      return {cat("did not answer within ", attempt.took.count(), " ms"),
              cat("hat in ", attempt.took.count(), " ms nicht geantwortet")};
    case Reach::Unreachable:
      return {"cannot be reached", "ist nicht erreichbar"};
    case Reach::NoRoute:
      return {"cannot be reached: this machine has no route there",
              "ist nicht erreichbar: dieser Rechner hat keine Route dorthin"};
    case Reach::Forbidden:
      return {"may not be reached: a packet filter forbids it",
              "darf nicht erreicht werden: ein Paketfilter verbietet es"};
    case Reach::Other:
      return {std::generic_category().message(attempt.error_number),
              german_or_same(std::generic_category().message(attempt.error_number))};
  }
  std::unreachable();
}

Message remedy_for(const TcpAttempt& attempt) {
  switch (attempt.reach) {
    case Reach::Refused:
      return {cat("start the service there, or correct the port; on that machine, `ss -ltn sport = :",
                  attempt.to.port(), "` shows who listens"),
              cat("den Dienst dort starten oder den Port berichtigen; auf jenem Rechner zeigt `ss -ltn sport = :",
                  attempt.to.port(), "`, wer lauscht")};
    case Reach::NoAnswer:
      return {"check that the machine runs and that firewalls let this port pass, both ways",
              "prüfen, ob der Rechner läuft und ob Firewalls diesen Port durchlassen, in beide Richtungen"};
    case Reach::Unreachable:
    case Reach::NoRoute:
      return {"check the address, the routes of this machine, and whether that machine is on",
              "die Adresse, die Routen dieses Rechners und ob jener Rechner an ist, prüfen"};
    case Reach::Forbidden:
      return {"allow it in the packet filter: `nft list ruleset`, `ip route get` and the filters on the way",
              "es im Paketfilter erlauben: `nft list ruleset`, `ip route get` und die Filter auf dem Weg"};
    case Reach::Open:
    case Reach::Other:
      break;
  }
  return {"mend what the system names", "beheben, was das System nennt"};
}

std::string show_by(const net::Address& to) {
  return cat("nc -vz -w 5 ", to.ip_text(), ' ', to.port());
}

net::Task<> keep_attempt(const Setting& setting, net::Address to, TcpAttempt& attempt) {
  attempt = co_await attempt_tcp(setting.loop, to, setting.step);
  attempt.socket.reset();
  co_return {};
}

// Tells about all attempts at one station.
class TcpJudgement {
 public:
  TcpJudgement(const Station& station, const std::vector<TcpAttempt>& attempts, Path& path)
      : station_(station), attempts_(attempts), path_(path) {}

  void judge() {
    const TcpAttempt* open = nullptr;
    for (const TcpAttempt& attempt : attempts_) {
      if (attempt.reach == Reach::Open && open == nullptr) open = &attempt;
    }
    if (open == nullptr) return tell_closed(attempts_.front());
    tell_dead_ones();
    milliseconds slowest{0};
    for (const TcpAttempt& attempt : attempts_)
      if (attempt.reach == Reach::Open) slowest = std::max(slowest, attempt.took);
    if (slowest > kSlowConnect)
      tell(kTcpSlow, Level::Warning,
           {cat("a connection took ", slowest.count(), " ms"), cat("eine Verbindung dauerte ", slowest.count(), " ms")},
           {"look for lost packets on the way: `mtr` shows where",
            "nach verlorenen Paketen auf dem Weg suchen: `mtr` zeigt, wo"},
           cat("mtr -rwT -P ", open->to.port(), ' ', open->to.ip_text()));
    tell(kTcpOpen, Level::Ok,
         {cat(open->to.to_text(), " takes connections"), cat(open->to.to_text(), " nimmt Verbindungen an")}, {},
         show_by(open->to));
  }

 private:
  void tell(const Check& check, Level level, Message seen, Message remedy, std::string command) {
    std::vector<Evidence> evidence;
    evidence.reserve(attempts_.size());
    for (const TcpAttempt& attempt : attempts_)
      evidence.push_back({.name = {attempt.to.to_text(), attempt.to.to_text()},
                          .value = cat(check_of(attempt.reach).id, ", ", attempt.took.count(), " ms")});
    path_.tell({.check = check,
                .level = level,
                .hop = station_.hop,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = std::move(command),
                .evidence = std::move(evidence)});
  }

  void tell_closed(const TcpAttempt& first) {
    Message words = words_of(first);
    std::string name =
        attempts_.size() == 1 || station_.at ? first.to.to_text() : host_port(station_.host, station_.port);
    tell(check_of(first.reach), Level::Error, {cat(name, ' ', words.en), cat(name, ' ', words.de)}, remedy_for(first),
         show_by(first.to));
  }

  void tell_dead_ones() {
    std::vector<std::string> dead;
    const TcpAttempt* first = nullptr;
    bool only_v6 = true;
    bool v4_open = false;
    for (const TcpAttempt& attempt : attempts_) {
      if (attempt.reach == Reach::Open) {
        v4_open = v4_open || attempt.to.is_v4();
        continue;
      }
      // A machine without IPv6 does not try it, and a name may have such addresses for others.
      if (attempt.reach == Reach::NoRoute && !attempt.to.is_v4()) continue;
      // On this machine nobody waits: who is refused tries the next at once.
      if (attempt.reach == Reach::Refused && attempt.to.is_loopback()) continue;
      if (first == nullptr) first = &attempt;
      only_v6 = only_v6 && !attempt.to.is_v4();
      dead.push_back(attempt.to.to_text());
    }
    if (first == nullptr) return;
    Message words = words_of(*first);
    std::string names = joined(dead, ", ");
    tell(only_v6 && v4_open ? kTcpIpv6Dead : kTcpSomeAddresses, Level::Warning,
         {cat(names, ' ', words.en), cat(names, ' ', words.de)},
         {"take the address out of DNS, or make the service answer there",
          "die Adresse aus dem DNS nehmen oder den Dienst dort antworten lassen"},
         show_by(first->to));
  }

  const Station& station_;
  const std::vector<TcpAttempt>& attempts_;
  Path& path_;
};

}  // namespace

net::Task<std::vector<net::Address>> examine_tcp(const Setting& setting, const Station& station,
                                                 std::vector<net::Address> addresses, Path& path) {
  addresses.resize(std::min(addresses.size(), kMostAddresses));
  std::vector<TcpAttempt> attempts(addresses.size());
  std::vector<net::Task<>> connecting;
  connecting.reserve(addresses.size());
  for (std::size_t i = 0; i < addresses.size(); ++i)
    connecting.push_back(keep_attempt(setting, addresses[i], attempts[i]));
  co_await all_ended(std::move(connecting));
  std::vector<net::Address> open;
  if (attempts.empty()) co_return open;
  TcpJudgement(station, attempts, path).judge();
  for (const TcpAttempt& attempt : attempts) {
    if (attempt.reach == Reach::Open) open.push_back(attempt.to);
  }
  co_return open;
}

}  // namespace pforte::doctor
