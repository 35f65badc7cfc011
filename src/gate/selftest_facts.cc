#include "gate/selftest_facts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace pforte::gate {
namespace {

constexpr std::size_t kMostOfService = 120;

struct KeptFact {
  std::string_view key;
  std::string SelfTestFacts::* fact;
  std::size_t most = std::string_view::npos;  // bytes
};

constexpr auto kKeptFacts = std::to_array<KeptFact>({
    {.key = "cookie", .fact = &SelfTestFacts::cookie},
    {.key = "ticket", .fact = &SelfTestFacts::ticket},
    {.key = "bytes", .fact = &SelfTestFacts::bytes},
    {.key = "service", .fact = &SelfTestFacts::service, .most = kMostOfService},
    {.key = "until", .fact = &SelfTestFacts::valid_until},
    {.key = "language", .fact = &SelfTestFacts::language},
    {.key = "certificate", .fact = &SelfTestFacts::certificate},
});

SelfTestRow row(Message what, std::string value, Message advice = {}) {
  return {.what = std::move(what), .value = std::move(value), .advice = std::move(advice)};
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

SelfTestRow tls_row(const SelfTestFacts& facts) {
  Message what{"TLS", "TLS"};
  if (!facts.tls_version.empty()) return row(std::move(what), cat(facts.tls_version, ", ", facts.cipher));
  return row(std::move(what), "-",
             {"TLS ends before this gate, or there is none.", "TLS endet vor diesem Tor, oder es gibt keines."});
}

SelfTestRow name_row(const SelfTestFacts& facts) {
  Message advice;
  if (facts.server_name.empty())
    advice = {
        "The browser named no host: there is an IP address in the address bar. Use the name instead.",
        "Der Browser hat keinen Host genannt: In der Adresszeile steht eine IP-Adresse. Bitte den Namen benutzen."};
  return row({"Name asked for (SNI)", "Verlangter Name (SNI)"}, or_dash(facts.server_name), std::move(advice));
}

SelfTestRow until_row(const SelfTestFacts& facts) {
  return row(
      {"It is valid until", "Es gilt bis"}, facts.valid_until,
      {"If the browser shows another date or issuer, something in between opens the connection.",
       "Zeigt der Browser ein anderes Datum oder einen anderen Aussteller, öffnet etwas dazwischen die Verbindung."});
}

SelfTestRow cookie_row(const SelfTestFacts& facts) {
  Message what{"Cookies", "Cookies"};
  if (facts.cookie == "yes") return row(std::move(what), "✓");
  if (facts.cookie == "not-over-http")
    return row(std::move(what), "-",
               {"This page came without encryption (http://), and our cookies go over https:// alone. Open it there.",
                "Diese Seite kam unverschlüsselt (http://), und unsere Cookies gehen nur über https://. Bitte dort "
                "öffnen."});
  return row(std::move(what), "✗",
             {"The browser does not send cookies back: nobody can stay signed in without. Allow them for this site.",
              "Der Browser sendet Cookies nicht zurück: Ohne sie bleibt niemand angemeldet. Bitte für diese Seite "
              "erlauben."});
}

SelfTestRow ticket_row(const SelfTestFacts& facts) {
  Message what{"Single sign-on", "Single Sign-on"};
  if (facts.ticket == "kerberos")
    return row(std::move(what), cat("✓ Kerberos, ", facts.bytes, " Bytes, ", facts.service));
  if (facts.ticket == "not-asked")
    return row(std::move(what), "-", {"This site does not ask for tickets.", "Diese Seite fragt nicht nach Tickets."});
  if (facts.ticket == "none")
    return row(
        std::move(what), "✗",
        {"The browser was asked for a Kerberos ticket and sent none: it does not know this site as one that may have "
         "it, or this computer has not logged on to the domain. A browser that is asked for the first time may need "
         "the page to be loaded again.",
         "Der Browser wurde nach einem Kerberos-Ticket gefragt und hat keines gesandt: Er kennt diese Seite nicht als "
         "eine, die es haben darf, oder dieser Computer ist nicht an der Domäne angemeldet. Ein Browser, der zum "
         "ersten Mal gefragt wird, braucht manchmal ein Neuladen der Seite."});
  if (facts.ticket == "ntlm")
    return row(
        std::move(what), "✗ NTLM",
        {"The browser sent NTLM instead of a Kerberos ticket: it got none for this name, since it has not logged on to "
         "the domain, the name is not registered there (SPN), or an IP address is in the address bar.",
         "Der Browser hat NTLM statt eines Kerberos-Tickets gesandt: Er bekam für diesen Namen keines, weil er nicht "
         "an der Domäne angemeldet ist, der Name dort nicht eingetragen ist (SPN) oder in der Adresszeile eine "
         "IP-Adresse steht."});
  return row(std::move(what), cat("✗ ", facts.ticket),
             {"The browser sent something that is no Kerberos ticket.",
              "Der Browser hat etwas gesandt, das kein Kerberos-Ticket ist."});
}

}  // namespace

std::vector<SelfTestRow> rows_of(const SelfTestFacts& facts) {
  std::vector<SelfTestRow> rows = {tls_row(facts)};
  if (!facts.tls_version.empty()) rows.push_back(name_row(facts));
  rows.push_back(row({"Protocol", "Protokoll"}, facts.protocol));
  if (!facts.certificate.empty()) rows.push_back(row({"Certificate", "Zertifikat"}, facts.certificate));
  if (!facts.valid_until.empty()) rows.push_back(until_row(facts));
  rows.push_back(row({"Your address, as it arrives here", "Ihre Adresse, wie sie hier ankommt"}, facts.client));
  rows.push_back(row({"Language", "Sprache"}, or_dash(facts.language)));
  rows.push_back(cookie_row(facts));
  rows.push_back(ticket_row(facts));
  return rows;
}

std::string findings_of(const SelfTestFacts& facts) {
  std::string text;
  for (const KeptFact& kept : kKeptFacts) {
    std::string value = (facts.*kept.fact).substr(0, kept.most);
    std::erase(value, ' ');  // which is what stands between them
    if (!value.empty()) text += cat(text.empty() ? "" : " ", kept.key, "=", value);
  }
  return text;
}

SelfTestFacts facts_of(const contact::Contact& contact) {
  const net::Address& client = contact.told == net::Address() ? contact.client : contact.told;
  SelfTestFacts facts{.tls_version = contact.tls_version,
                      .cipher = contact.cipher,
                      .server_name = contact.server_name,
                      .protocol = contact.protocol == "h2" ? "HTTP/2" : "HTTP/1.1",
                      .client = client.ip_text()};
  std::string_view rest = contact.findings;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    std::size_t equals = std::min(one.find('='), one.size());
    const auto* kept = std::ranges::find(kKeptFacts, one.substr(0, equals), &KeptFact::key);
    if (kept != kKeptFacts.end()) facts.*(kept->fact) = one.substr(std::min(equals + 1, one.size()));
  }
  return facts;
}

}  // namespace pforte::gate
