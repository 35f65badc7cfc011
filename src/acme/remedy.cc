#include "acme/remedy.h"

#include <algorithm>
#include <iterator>

namespace pforte::acme {
namespace {

struct Remedy {
  std::string_view code;
  std::string_view en, de;
};

constexpr Remedy kRemedies[] = {
    {"acme.unreachable", "see that this machine reaches the CA's server: name, firewall, proxy",
     "dafür sorgen, dass dieser Rechner den Server der CA erreicht: Name, Firewall, Proxy"},
    {"acme.not-trusted",
     "name a PEM file with the CA that issued its server's certificate: trust = \"FILE\" in [[acme]]",
     "eine PEM-Datei mit der CA angeben, die das Zertifikat ihres Servers ausgestellt hat: trust = \"DATEI\" in "
     "[[acme]]"},
    {"acme.malformed", "see that directory is the address that the CA names for ACME clients",
     "prüfen, ob directory die Adresse ist, die die CA für ACME-Clients nennt"},
    {"acme.rate-limited", "nothing: it is tried again when the CA lets us; order fewer certificates",
     "nichts: es wird wieder versucht, sobald die CA es zulässt; weniger Zertifikate bestellen"},
    {"acme.out-of-order", "nothing: it is tried again; the CA's own status page may tell more",
     "nichts: es wird wieder versucht; die Statusseite der CA sagt vielleicht mehr"},
    {"acme.account-binding",
     "write eab_kid and eab_key_file in [[acme]] with what the CA has given you for your account",
     "eab_kid und eab_key_file in [[acme]] mit dem schreiben, was die CA zu Ihrem Konto nennt"},
    {"acme.terms", "read the CA's new terms of service at the address in the message, and agree there",
     "die neuen Nutzungsbedingungen der CA unter der Adresse in der Meldung lesen und dort zustimmen"},
    {"acme.account", "the CA does not know the account that it has just made: ask those who run it",
     "die CA kennt das Konto nicht, das sie eben angelegt hat: bei denen nachfragen, die sie betreiben"},
    {"acme.contact", "write addresses that the CA takes into contact, or leave it out",
     "in contact Adressen schreiben, die die CA nimmt, oder es weglassen"},
    {"acme.name-refused",
     "have the name issued by another CA, such as your company's: it is not a name this one issues for",
     "den Namen von einer anderen CA ausstellen lassen, etwa der Firmen-CA: Diese stellt dafür nicht aus"},
    {"acme.caa", "add the CA to the CAA records of the domain, or remove those",
     "die CA in die CAA-Einträge der Domain aufnehmen oder diese entfernen"},
    {"acme.proof-dns", "see that the name has an address that the CA can look up, and that its records are in order",
     "dafür sorgen, dass der Name für die CA auflösbar ist und seine DNS-Einträge stimmen"},
    {"acme.proof-unreachable",
     "see that the CA reaches this gate under that name: port 80 for http-01, 443 for tls-alpn-01; or use dns-01",
     "dafür sorgen, dass die CA dieses Tor unter dem Namen erreicht: Port 80 für http-01, 443 für tls-alpn-01; "
     "oder dns-01 verwenden"},
    {"acme.proof-wrong", "see that the name leads to this gate and to no other server, also by IPv6",
     "dafür sorgen, dass der Name zu diesem Tor führt und zu keinem anderen Server, auch über IPv6"},
    {"acme.no-proof", "choose another challenge in [[acme]]; names with * need dns-01",
     "in [[acme]] ein anderes challenge wählen; Namen mit * brauchen dns-01"},
    {"acme.slow", "nothing: the next attempt goes on with the same order",
     "nichts: der nächste Versuch macht mit demselben Auftrag weiter"},
    {"acme.hook", "run the program of dns_hook by hand: PROGRAM add NAME VALUE",
     "das Programm aus dns_hook von Hand ausführen: PROGRAMM add NAME WERT"},
    {"acme.wrong-certificate", "tell the CA: it has issued something else than was ordered",
     "der CA melden: Sie hat etwas anderes ausgestellt als bestellt"},
    {"acme.no-gain",
     "see pforte cert list for another certificate of this name that ends later, and this machine's clock",
     "in pforte cert list nach einem anderen Zertifikat dieses Namens sehen, das später endet; die Uhr prüfen"},
    {"acme.refused", "see what the CA says in the message", "beachten, was die CA in der Meldung sagt"},
};

}  // namespace

Message remedy_for(std::string_view code) {
  const auto* found = std::ranges::find(kRemedies, code, &Remedy::code);
  if (found == std::end(kRemedies)) return {};
  return {std::string(found->en), std::string(found->de)};
}

}  // namespace pforte::acme
