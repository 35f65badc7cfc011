#include <algorithm>

#include "app/contact_text.h"
#include "base/ascii.h"
#include "base/shell_word.h"
#include "base/text.h"

namespace pforte::app {
namespace {

std::string listener_texts(const Surroundings& around) {
  std::vector<std::string> texts;
  texts.reserve(around.listeners.size());
  for (const net::Address& one : around.listeners) texts.push_back(one.to_text());
  return texts.empty() ? "-" : joined(texts, ", ");
}

std::string an_address(const Surroundings& around) {
  return around.listeners.empty() ? "443" : cat(around.listeners.front().port());
}

bool covers_name(const std::string& host, const std::string& name) {
  if (host == "*" || equals_ignoring_case(host, name)) return true;
  if (!host.starts_with("*.")) return false;
  std::size_t dot = name.find('.');
  return dot != std::string::npos && equals_ignoring_case(host.substr(1), name.substr(dot));
}

bool is_among(const std::vector<std::string>& hosts, const std::string& name) {
  return std::ranges::any_of(hosts, [&](const std::string& one) { return covers_name(one, name); });
}

Message about_name(const ContactQuery& query, const Surroundings& around) {
  if (is_among(around.passed, query.name))
    return {
        "the name is passed through: its connections are in the record with their SNI, and what happened in them is in "
        "the log of the server behind",
        "der Name wird durchgereicht: Seine Verbindungen stehen mit ihrer SNI in der Aufzeichnung, und was in ihnen "
        "geschah, im Protokoll des Servers dahinter"};
  if (is_among(around.hosts, query.name))
    return {"a site has this name: whoever asks for it does not arrive here",
            "eine Site hat diesen Namen: Wer ihn verlangt, kommt hier nicht an"};
  return {
      "no site has this name; if it is a login: who has failed to sign in is found by the login that was typed, and "
      "who "
      "has signed in by the agent's",
      "keine Site hat diesen Namen; falls es ein Login ist: Wer an der Anmeldung gescheitert ist, wird mit dem "
      "getippten "
      "Login gefunden, und wer angemeldet ist, mit dem des Bearbeiters"};
}

// Where a flood is counted, one among it is not written down.
Message among_the_counted(const ContactFinding& finding) {
  std::string most = finding.busiest == net::Address() ? std::string("-") : finding.busiest.ip_text();
  return {
      cat(finding.counted_of_others, " contacts of addresses that had many were not written one by one, most of ", most,
          ": it may have been among them"),
      cat(finding.counted_of_others, " Kontakte von Adressen, die viele hatten, wurden nicht einzeln aufgeschrieben, ",
          "die meisten von ", most, ": Er kann darunter gewesen sein")};
}

// The page leaves out what is mistaken for one another.
bool is_misread(const std::string& code) {
  return code.find_first_of("IO01") != std::string::npos;
}

// Whoever has a code has reached a gate: neither the name nor the way is in question.
void add_code(const ContactQuery& query, std::vector<Message>& places) {
  if (is_misread(query.code))
    places.push_back({"the code: none has I, O, 0 or 1; let it be read out again from the page /.pforte/selftest",
                      "der Code: keiner hat I, O, 0 oder 1; ihn von der Seite /.pforte/selftest noch einmal vorlesen "
                      "lassen"});
  else
    places.push_back({"the code: compare it with the page /.pforte/selftest, letter by letter",
                      "der Code: mit der Seite /.pforte/selftest vergleichen, Buchstabe für Buchstabe"});
  places.push_back(
      {"the page: let it be loaded again; within ten minutes it keeps its code, and is written down anew",
       "die Seite: sie neu laden lassen; binnen zehn Minuten behält sie ihren Code und wird neu aufgeschrieben"});
  places.push_back(
      {"another gate: each has a record of its own; the host that the page names says which one it was",
       "ein anderes Tor: jedes hat seine eigene Aufzeichnung; welches es war, sagt der Host, den die Seite nennt"});
}

}  // namespace

bool is_host_of(const Surroundings& around, const std::string& name) {
  auto is_it = [&](const std::string& host) { return host != "*" && covers_name(host, name); };
  return std::ranges::any_of(around.hosts, is_it) || std::ranges::any_of(around.passed, is_it);
}

std::vector<Message> where_else(const ContactQuery& query, const ContactFinding& finding, const Surroundings& around) {
  std::vector<Message> places;
  if (around.contacts_off)
    places.push_back({"contacts are not kept: [contacts] off is true",
                      "Kontakte werden nicht aufgezeichnet: [contacts] off ist true"});
  if (query.is_code && !query.is_host) {
    add_code(query, places);
    return places;
  }
  if (!query.network) places.push_back(about_name(query, around));
  std::string host = around.hosts.empty() ? "HOST" : around.hosts.front();
  if (!query.network && query.name.find('.') != std::string::npos) host = query.name;
  places.push_back(
      {cat("the name on the client: `nslookup ", shell_word(host),
           "` there must give the address of this gate or of the load balancer before it; its listeners are ",
           listener_texts(around)),
       cat("der Name auf dem Client: `nslookup ", shell_word(host),
           "` muss dort die Adresse dieses Tors oder des Lastverteilers davor ergeben; seine Listener sind ",
           listener_texts(around))});
  std::string url = shell_word(cat("https://", host, ":", an_address(around), "/"));
  places.push_back(
      {cat("the way: on the client `Test-NetConnection ", powershell_word(host), " -Port ", an_address(around),
           "` (Windows) or `curl -v ", url, "`: refused means nobody listens there, no answer means a firewall"),
       cat("der Weg: auf dem Client `Test-NetConnection ", powershell_word(host), " -Port ", an_address(around),
           "` (Windows) oder `curl -v ", url,
           "`: abgelehnt heißt, dass dort niemand lauscht, keine Antwort heißt Firewall")});
  if (query.network)
    places.push_back(
        {"another address: behind NAT, a VPN or a proxy the client arrives with that one's; behind a load balancer "
         "without the PROXY protocol all have the balancer's",
         "eine andere Adresse: Hinter NAT, VPN oder Proxy kommt der Client mit deren Adresse an; hinter einem "
         "Lastverteiler ohne PROXY-Protokoll haben alle dessen Adresse"});
  places.push_back(
      {"the client's proxy settings: a proxy that refuses, or that ends TLS itself, keeps the client from here",
       "die Proxy-Einstellungen des Clients: Ein Proxy, der ablehnt oder TLS selbst beendet, hält den Client von hier "
       "fern"});
  if (finding.counted_of_others > 0 && !query.network) places.push_back(among_the_counted(finding));
  if (finding.lost > 0)
    places.push_back(
        {cat(finding.lost, " contacts of anybody could not be written down in this time: it may have been among them"),
         cat(finding.lost,
             " Kontakte von irgendjemandem ließen sich in dieser Zeit nicht aufschreiben: Er kann darunter gewesen "
             "sein")});
  return places;
}

}  // namespace pforte::app
