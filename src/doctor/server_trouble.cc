#include "doctor/server_trouble.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace pforte::doctor {
namespace {

constexpr Check kDnsNoSuchNameCheck{
    .id = "dns.no-such-name",
    .source = "RFC 1035, 4.1.1 (RCODE 3)",
    .why = {"without an address nobody connects", "ohne Adresse verbindet sich niemand"}};
constexpr Check kDnsNoAddress{.id = "dns.no-address",
                              .source = "RFC 2308, 2.2",
                              .why = {"the name exists, but has neither an A nor an AAAA record",
                                      "den Namen gibt es, aber er hat weder einen A- noch einen AAAA-Eintrag"}};
constexpr Check kDnsAliasLeadsNowhere{
    .id = "dns.alias-leads-nowhere",
    .source = "RFC 1034, 3.6.2",
    .why = {"an alias is as good as the name that it leads to", "ein Alias ist so gut wie der Name, auf den er zeigt"}};
constexpr Check kDnsServerFails{
    .id = "dns.server-failure",
    .source = "RFC 1035, 4.1.1 (RCODE 2)",
    .why = {"the server could not ask those who know the name, or DNSSEC does not hold",
            "der Server konnte die nicht fragen, die den Namen kennen, oder DNSSEC stimmt nicht"}};
constexpr Check kDnsRefuses{.id = "dns.refused",
                            .source = "RFC 1035, 4.1.1 (RCODE 5)",
                            .why = {"the server does not answer questions of this machine",
                                    "der Server beantwortet keine Fragen dieses Rechners"}};
constexpr Check kDnsNoAnswerCheck{.id = "dns.no-answer",
                                  .source = "resolv.conf(5), timeout",
                                  .why = {"each lookup waits for seconds before it asks the next server",
                                          "jede Abfrage wartet Sekunden, bevor sie den nächsten Server fragt"}};
constexpr Check kDnsNotListening{
    .id = "dns.not-listening",
    .source = "RFC 1122, 4.1.3.3",
    .why = {"no name server runs at that address", "an dieser Adresse läuft kein Nameserver"}};
constexpr Check kDnsUnreachable{
    .id = "dns.unreachable", .source = "", .why = {"no way leads to the name server", "zum Nameserver führt kein Weg"}};
constexpr Check kDnsGarbled{
    .id = "dns.garbled",
    .source = "RFC 1035, 4.1",
    .why = {"something else than a name server answers there", "dort antwortet etwas anderes als ein Nameserver"}};
constexpr Check kDnsTcpNeeded{
    .id = "dns.tcp-blocked",
    .source = "RFC 7766, 5",
    .why = {"an answer that is too long for a datagram comes over TCP or not at all",
            "eine Antwort, die für ein Datagramm zu lang ist, kommt über TCP oder gar nicht"}};
// Of the name first, then of the server; in the order of their certainty.
constexpr std::array kByCertainty = {&kDnsAliasLeadsNowhere, &kDnsNoSuchNameCheck, &kDnsNoAddress, &kDnsServerFails,
                                     &kDnsTcpNeeded,         &kDnsRefuses,         &kDnsGarbled,   &kDnsNotListening,
                                     &kDnsUnreachable,       &kDnsNoAnswerCheck};
constexpr std::size_t kOfName = 3;

ServerTrouble silent_trouble(const ServerView& view) {
  std::string server = server_text(view.server);
  Message remedy{
      "check the name server, and what stands between it and this machine; else take it out of resolv.conf",
      "den Nameserver prüfen und was zwischen ihm und diesem Rechner steht; sonst ihn aus resolv.conf nehmen"};
  switch (view.a.state) {
    case DnsState::NotListening:
      return {&kDnsNotListening,
              {cat("at ", server, " no name server listens"), cat("bei ", server, " lauscht kein Nameserver")},
              std::move(remedy)};
    case DnsState::Unreachable:
      return {&kDnsUnreachable,
              {cat("no way leads to the name server ", server), cat("zum Nameserver ", server, " führt kein Weg")},
              std::move(remedy)};
    case DnsState::Garbled:
      return {&kDnsGarbled,
              {cat("what ", server, " answers is not DNS"), cat("was ", server, " antwortet, ist kein DNS")},
              std::move(remedy)};
    case DnsState::NoAnswer:
    case DnsState::Answered:
      break;
  }
  return {&kDnsNoAnswerCheck,
          {cat("the name server ", server, " does not answer"), cat("der Nameserver ", server, " antwortet nicht")},
          std::move(remedy)};
}

ServerTrouble empty_trouble(const ServerView& view, const std::string& name) {
  std::string server = server_text(view.server);
  if (!view.a.answer.aliases.empty()) {
    std::string chain = cat(name, " → ", joined(view.a.answer.aliases, " → "));
    return {&kDnsAliasLeadsNowhere,
            {cat(chain, " leads to no address"), cat(chain, " führt zu keiner Adresse")},
            {"create the name at the end, or point the alias to one that exists",
             "den Namen am Ende anlegen oder den Alias auf einen zeigen lassen, den es gibt"}};
  }
  if (view.a.answer.rcode == kDnsNoSuchName)
    return {
        &kDnsNoSuchNameCheck,
        {cat(server, " knows no name ", name), cat(server, " kennt keinen Namen ", name)},
        {"check the spelling; else create the name in DNS", "die Schreibweise prüfen; sonst den Namen im DNS anlegen"}};
  return {
      &kDnsNoAddress,
      {cat(name, " has no address in the DNS of ", server), cat(name, " hat im DNS von ", server, " keine Adresse")},
      {"give it an A or an AAAA record", "ihm einen A- oder AAAA-Eintrag geben"}};
}

}  // namespace

std::size_t ServerTrouble::rank() const {
  return static_cast<std::size_t>(std::ranges::find(kByCertainty, check) - kByCertainty.begin());
}

bool ServerTrouble::of_server() const {
  return rank() >= kOfName;
}

std::string server_text(const net::Address& server) {
  return server.port() == 53 ? server.ip_text() : server.to_text();
}

std::optional<ServerTrouble> trouble_of(const ServerView& view, const std::string& name) {
  if (!view.answered()) return silent_trouble(view);
  std::string server = server_text(view.server);
  int code = view.a.answer.rcode;
  if (code == kDnsRefused)
    return ServerTrouble{&kDnsRefuses,
                         {cat("the name server ", server, " refuses to answer"),
                          cat("der Nameserver ", server, " verweigert die Antwort")},
                         {"allow this machine to ask it, or ask another",
                          "diesem Rechner das Fragen erlauben oder einen anderen fragen"}};
  if (code != kDnsNoError && code != kDnsNoSuchName)
    return ServerTrouble{
        &kDnsServerFails,
        {cat("the name server ", server, " could not find out (RCODE ", code, ')'),
         cat("der Nameserver ", server, " konnte es nicht herausfinden (RCODE ", code, ')')},
        {"look at its log; its way to the servers of that domain, or DNSSEC there, is broken",
         "sein Protokoll ansehen; sein Weg zu den Servern dieser Domain oder DNSSEC dort ist gestört"}};
  if (view.a.answer.truncated)
    return ServerTrouble{&kDnsTcpNeeded,
                         {cat("the answer of ", server, " is too long for a datagram, and over TCP none comes"),
                          cat("die Antwort von ", server, " ist zu lang für ein Datagramm, und über TCP kommt keine")},
                         {"let TCP to port 53 pass", "TCP zu Port 53 durchlassen"}};
  if (view.addresses().empty()) return empty_trouble(view, name);
  return std::nullopt;
}

}  // namespace pforte::doctor
