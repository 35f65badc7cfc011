#include "doctor/name_verdict.h"

#include <algorithm>
#include <utility>

#include "base/shell_word.h"
#include "base/text.h"
#include "doctor/server_trouble.h"

namespace pforte::doctor {
namespace {

using std::chrono::milliseconds;

// Browsers show nothing while they wait for a name.
constexpr milliseconds kSlowLookup{1000};

constexpr Check kDnsResolved{.id = "dns.resolved", .source = "", .why = {"", ""}};
constexpr Check kDnsNoDot{
    .id = "dns.no-dot",
    .source = "resolv.conf(5), search and ndots",
    .why = {"a name without a dot means something only where the search list completes it, and no "
            "public CA certifies it",
            "ein Name ohne Punkt bedeutet nur dort etwas, wo die Suchliste ihn ergänzt, und keine "
            "öffentliche CA beglaubigt ihn"}};
constexpr Check kDnsNoServer{
    .id = "dns.no-server",
    .source = "resolv.conf(5)",
    .why = {"this machine has nobody to ask for names", "dieser Rechner kann niemanden nach Namen fragen"}};
constexpr Check kDnsSystemDiffers{
    .id = "dns.system-differs",
    .source = "nsswitch.conf(5)",
    .why = {"programs go by what the system's resolver says, not by DNS alone",
            "Programme richten sich nach der Namensauflösung des Systems, nicht allein nach DNS"}};
constexpr Check kDnsBlocked{.id = "dns.blocked",
                            .source = "RFC 1122, 3.2.1.3",
                            .why = {"0.0.0.0 is nobody's address: a filter puts it in the place of the real one",
                                    "0.0.0.0 ist niemandes Adresse: ein Filter setzt sie an die Stelle der echten"}};
constexpr Check kDnsLoopback{
    .id = "dns.loopback",
    .source = "RFC 1122, 3.2.1.3",
    .why = {"whoever looks the name up reaches himself", "wer den Namen nachschlägt, erreicht sich selbst"}};
constexpr Check kDnsHostsFile{.id = "dns.hosts-file",
                              .source = "hosts(5)",
                              .why = {"the hosts file wins over DNS on this machine, and nobody else sees it",
                                      "die Hosts-Datei gilt auf diesem Rechner vor DNS, und niemand sonst sieht sie"}};
constexpr Check kDnsServersDiffer{
    .id = "dns.servers-differ",
    .source = "resolv.conf(5)",
    .why = {"which server answers first is chance, so that the same name works at times",
            "welcher Server zuerst antwortet, ist Zufall, sodass derselbe Name manchmal geht"}};
constexpr Check kDnsAaaaBroken{.id = "dns.aaaa-broken",
                               .source = "RFC 4074, 4",
                               .why = {"clients ask for both families and wait for both answers",
                                       "Clients fragen nach beiden Familien und warten auf beide Antworten"}};
constexpr Check kDnsSlow{
    .id = "dns.slow",
    .source = "",
    .why = {"every new connection waits for it first", "jede neue Verbindung wartet zuerst darauf"}};
constexpr Check kDnsSplit{.id = "dns.split-horizon",
                          .source = "RFC 8499, 6 (split DNS)",
                          .why = {"who asks there is led to another place than this machine",
                                  "wer dort fragt, wird woandershin geführt als dieser Rechner"}};
constexpr Check kDnsUnknownThere{
    .id = "dns.unknown-there",
    .source = "RFC 8499, 6 (split DNS)",
    .why = {"who asks there does not find the name", "wer dort fragt, findet den Namen nicht"}};
constexpr Check kDnsPrivateThere{
    .id = "dns.private-address",
    .source = "RFC 1918, 3",
    .why = {"the Internet carries no such address, so that clients outside wait in vain",
            "das Internet befördert keine solche Adresse, sodass Clients draußen vergeblich warten"}};

std::string dig(const NameView& view, const net::Address& server) {
  std::string port = server.port() == 53 ? "" : cat(" -p ", server.port());
  return cat("dig @", server.ip_text(), port, ' ', shell_word(view.asked));
}

std::string getent(const NameView& view) {
  return cat("getent ahosts ", shell_word(view.host));
}

// Both have addresses, and none in common.
bool apart(const std::vector<net::Address>& one, const std::vector<net::Address>& other) {
  bool shared = std::ranges::any_of(one, [&](const net::Address& address) {
    return std::ranges::any_of(other, [&](const net::Address& also) { return also.ip() == address.ip(); });
  });
  return !one.empty() && !other.empty() && !shared;
}

// Tells about one name.
class NameJudgement {
 public:
  NameJudgement(const NameView& view, std::size_t hop, Path& path) : view_(view), hop_(hop), path_(path) {}

  void judge() {
    if (view_.system.addresses.empty())
      judge_unresolved();
    else
      judge_resolved();
    if (view_.other_server) compare_other_server(*view_.other_server);
  }

 private:
  void tell(const Check& check, Level level, Message seen, Message remedy, std::string command) {
    path_.tell({.check = check,
                .level = level,
                .hop = hop_,
                .seen = std::move(seen),
                .remedy = std::move(remedy),
                .command = std::move(command),
                .evidence = evidence()});
  }

  std::vector<Evidence> evidence() const {
    std::vector<Evidence> list;
    list.push_back({.name = {"this machine", "dieser Rechner"},
                    .value = view_.system.addresses.empty()
                                 ? view_.system.failure
                                 : cat(ips_of(view_.system.addresses), " (", view_.system.took.count(), " ms)")});
    for (const NameFacts::Entry& entry : view_.hosts)
      list.push_back({.name = {cat("/etc/hosts, line ", entry.line), cat("/etc/hosts, Zeile ", entry.line)},
                      .value = entry.address.ip_text()});
    for (const ServerView& server : view_.servers) append_server(server, list);
    if (view_.other_server) append_server(*view_.other_server, list);
    return list;
  }

  void append_server(const ServerView& server, std::vector<Evidence>& list) const {
    std::string name = server_text(server.server);
    std::optional<ServerTrouble> trouble = trouble_of(server, view_.asked);
    std::string value =
        trouble ? std::string(trouble->check->id)
                : cat(ips_of(server.addresses()), " (", server.a.took.count(), " ms, TTL ", server.a.answer.ttl, " s)");
    if (!server.a.answer.aliases.empty()) value = cat("→ ", joined(server.a.answer.aliases, " → "), ": ", value);
    list.push_back({.name = {cat("name server ", name), cat("Nameserver ", name)}, .value = std::move(value)});
  }

  void judge_unresolved() {
    std::optional<ServerTrouble> worst;
    const ServerView* at = nullptr;
    bool known = false;
    for (const ServerView& server : view_.servers) {
      std::optional<ServerTrouble> trouble = trouble_of(server, view_.asked);
      known = known || !trouble;
      if (!trouble || (worst && trouble->rank() >= worst->rank())) continue;
      worst = std::move(trouble);
      at = &server;
    }
    if (known) return tell_system_differs();
    if (view_.servers.empty()) return tell_no_server();
    if (view_.host.find('.') == std::string::npos && !worst->of_server()) return tell_no_dot();
    for (const ServerView& server : view_.servers) {
      std::optional<ServerTrouble> trouble = trouble_of(server, view_.asked);
      if (&server != at)
        tell(*trouble->check, Level::Warning, trouble->seen, trouble->remedy, dig(view_, server.server));
    }
    tell(*worst->check, Level::Error, worst->seen, worst->remedy, dig(view_, at->server));
  }

  void tell_system_differs() {
    tell(kDnsSystemDiffers, Level::Error,
         {cat("DNS knows ", view_.host, ", this machine's resolver does not: ", view_.system.failure),
          cat("DNS kennt ", view_.host, ", die Namensauflösung dieses Rechners nicht: ", view_.system.failure)},
         {"look at the line hosts: in /etc/nsswitch.conf, and at what stands in front of dns there",
          "die Zeile hosts: in /etc/nsswitch.conf ansehen und was dort vor dns steht"},
         getent(view_));
  }

  void tell_no_server() {
    tell(kDnsNoServer, Level::Error,
         {cat(view_.host, " has no address, and resolv.conf names no server"),
          cat(view_.host, " hat keine Adresse, und resolv.conf nennt keinen Server")},
         {"write nameserver ADDRESS into /etc/resolv.conf", "nameserver ADRESSE in /etc/resolv.conf schreiben"},
         "cat /etc/resolv.conf");
  }

  void tell_no_dot() {
    tell(kDnsNoDot, Level::Error,
         {cat(view_.host, " has no dot, and the search list completes it to no name that exists"),
          cat(view_.host, " hat keinen Punkt, und die Suchliste ergänzt ihn zu keinem Namen, den es gibt")},
         {cat("write the whole name, as ", view_.host, ".example.com"),
          cat("den ganzen Namen schreiben, wie ", view_.host, ".example.com")},
         getent(view_));
  }

  void judge_resolved() {
    judge_addresses();
    if (view_.host.find('.') == std::string::npos && view_.host != "localhost")
      tell(kDnsNoDot, Level::Note,
           {cat(view_.host, " has no dot: another search list makes another name of it, or none"),
            cat(view_.host, " hat keinen Punkt: eine andere Suchliste macht daraus einen anderen Namen oder keinen")},
           {"use the whole name", "den ganzen Namen verwenden"}, getent(view_));
    for (const ServerView& server : view_.servers) judge_server(server);
    if (view_.hosts.empty())
      compare_servers();
    else
      compare_hosts_file();
    if (view_.system.took > kSlowLookup)
      tell(kDnsSlow, Level::Warning,
           {cat("finding the address took ", view_.system.took.count(), " ms"),
            cat("die Adresse zu finden, dauerte ", view_.system.took.count(), " ms")},
           {"look at the name servers in the order of resolv.conf: the first should answer",
            "die Nameserver in der Reihenfolge von resolv.conf ansehen: der erste sollte antworten"},
           getent(view_));
    tell(kDnsResolved, Level::Ok,
         {cat(view_.host, " is ", ips_of(view_.system.addresses)),
          cat(view_.host, " ist ", ips_of(view_.system.addresses))},
         {}, getent(view_));
  }

  void judge_addresses() {
    auto any = [&](std::string_view ip) {
      return std::ranges::any_of(view_.system.addresses, [&](const net::Address& one) { return one.ip_text() == ip; });
    };
    if (any("0.0.0.0") || any("::"))
      tell(kDnsBlocked, Level::Error,
           {cat(view_.host, " has the address ", ips_of(view_.system.addresses)),
            cat(view_.host, " hat die Adresse ", ips_of(view_.system.addresses))},
           {"take the name out of the filter of the name server, or out of the hosts file",
            "den Namen aus dem Filter des Nameservers oder aus der Hosts-Datei nehmen"},
           getent(view_));
    bool loops = std::ranges::any_of(view_.servers, [](const ServerView& server) {
      return std::ranges::any_of(server.addresses(), &net::Address::is_loopback);
    });
    if (loops)
      tell(kDnsLoopback, Level::Warning,
           {cat("DNS gives ", view_.host, " an address of the loopback interface"),
            cat("DNS gibt ", view_.host, " eine Adresse der Loopback-Schnittstelle")},
           {"give it the address under which others reach it", "ihm die Adresse geben, unter der andere es erreichen"},
           getent(view_));
  }

  // A server of several that does not help, while the name is found nevertheless.
  void judge_server(const ServerView& server) {
    std::optional<ServerTrouble> trouble = trouble_of(server, view_.asked);
    if (trouble && trouble->of_server())
      tell(*trouble->check, Level::Warning, trouble->seen, trouble->remedy, dig(view_, server.server));
    if (trouble) return;
    int code = server.aaaa.answer.rcode;
    if (server.aaaa.state != DnsState::Answered || (code != kDnsNoError && code != kDnsNoSuchName))
      tell(kDnsAaaaBroken, Level::Warning,
           {cat(server_text(server.server), " answers questions for A, and those for AAAA not or with a failure"),
            cat(server_text(server.server), " beantwortet Fragen nach A, die nach AAAA nicht oder mit einem Fehler")},
           {"mend the server of that domain: a name without AAAA has an empty answer, not none",
            "den Server dieser Domain in Ordnung bringen: ein Name ohne AAAA hat eine leere Antwort, nicht keine"},
           cat(dig(view_, server.server), " AAAA"));
  }

  void compare_servers() {
    const ServerView* first = nullptr;
    for (const ServerView& server : view_.servers) {
      std::optional<ServerTrouble> trouble = trouble_of(server, view_.asked);
      if (trouble && trouble->of_server()) continue;
      if (first == nullptr) {
        first = &server;
        continue;
      }
      bool one_knows = first->addresses().empty() != server.addresses().empty();
      if (!one_knows && !apart(first->addresses(), server.addresses())) continue;
      bool mixed = one_knows || std::ranges::any_of(first->addresses(), is_private) !=
                                    std::ranges::any_of(server.addresses(), is_private);
      // Large sites answer each differently on purpose.
      tell(kDnsServersDiffer, mixed ? Level::Warning : Level::Note,
           {cat(server_text(first->server), " says ", ips_of(first->addresses()), ", ", server_text(server.server),
                " says ", ips_of(server.addresses())),
            cat(server_text(first->server), " sagt ", ips_of(first->addresses()), ", ", server_text(server.server),
                " sagt ", ips_of(server.addresses()))},
           {"name servers in resolv.conf that all know the same",
            "in resolv.conf Server nennen, die alle dasselbe wissen"},
           dig(view_, server.server));
      return;
    }
  }

  void compare_hosts_file() {
    std::vector<net::Address> entries;
    entries.reserve(view_.hosts.size());
    for (const NameFacts::Entry& entry : view_.hosts) entries.push_back(entry.address);
    for (const ServerView& server : view_.servers) {
      if (!apart(entries, server.addresses())) continue;
      tell(kDnsHostsFile, Level::Warning,
           {cat("line ", view_.hosts.front().line, " of /etc/hosts says ", ips_of(entries), ", DNS says ",
                ips_of(server.addresses())),
            cat("Zeile ", view_.hosts.front().line, " von /etc/hosts sagt ", ips_of(entries), ", DNS sagt ",
                ips_of(server.addresses()))},
           {"take the line out of /etc/hosts, or correct it", "die Zeile aus /etc/hosts nehmen oder berichtigen"},
           getent(view_));
      return;
    }
  }

  void compare_other_server(const ServerView& other) {
    std::optional<ServerTrouble> trouble = trouble_of(other, view_.asked);
    std::string name = server_text(other.server);
    if (trouble && !view_.system.addresses.empty()) {
      tell(kDnsUnknownThere, Level::Warning,
           {cat("this machine finds ", view_.host, ", ", name, " does not [", trouble->check->id, ']'),
            cat("dieser Rechner findet ", view_.host, ", ", name, " nicht [", trouble->check->id, ']')},
           {"create the name there as well, if clients ask there",
            "den Namen auch dort anlegen, wenn Clients dort fragen"},
           dig(view_, other.server));
    }
    if (trouble) return;
    std::vector<net::Address> theirs = other.addresses();
    if (std::ranges::any_of(theirs, is_private) && !is_private(other.server))
      tell(kDnsPrivateThere, Level::Warning,
           {cat(name, " gives ", view_.host, " the private address ", ips_of(theirs)),
            cat(name, " gibt ", view_.host, " die private Adresse ", ips_of(theirs))},
           {"publish the public address there", "dort die öffentliche Adresse veröffentlichen"},
           dig(view_, other.server));
    if (apart(view_.system.addresses, theirs))
      tell(
          kDnsSplit, Level::Note,
          {cat("this machine is sent to ", ips_of(view_.system.addresses), ", who asks ", name, " to ", ips_of(theirs)),
           cat("dieser Rechner wird zu ", ips_of(view_.system.addresses), " geschickt, wer ", name, " fragt, zu ",
               ips_of(theirs))},
          {"examine the other address too, if clients are sent there",
           "auch die andere Adresse untersuchen, wenn Clients dorthin geschickt werden"},
          dig(view_, other.server));
  }

  const NameView& view_;
  std::size_t hop_;
  Path& path_;
};

}  // namespace

std::vector<net::Address> ServerView::addresses() const {
  std::vector<net::Address> all = a.answer.addresses;
  all.insert(all.end(), aaaa.answer.addresses.begin(), aaaa.answer.addresses.end());
  return all;
}

void judge_name(const NameView& view, std::size_t hop, Path& path) {
  NameJudgement(view, hop, path).judge();
}

}  // namespace pforte::doctor
