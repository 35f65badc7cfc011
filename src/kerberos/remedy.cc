#include "kerberos/remedy.h"

#include <algorithm>
#include <array>

namespace pforte::kerberos {
namespace {

struct Remedy {
  std::string_view code;
  std::string_view en;
  std::string_view de;
};

constexpr std::array kRemedies{
    Remedy{"kerberos.anonymous", "let the client sign in as somebody, with kinit NAME",
           "den Client als jemand anmelden, mit kinit NAME"},
    Remedy{"kerberos.binding", "let nothing end TLS between client and gate, or set channel_binding to allow or off",
           "zwischen Client und Tor TLS nicht beenden lassen, oder channel_binding auf allow oder off setzen"},
    Remedy{"kerberos.encryption", "make the keytab again with all encryptions of the account: ktpass /crypto All",
           "die Keytab mit allen Verschlüsselungen des Kontos neu erzeugen: ktpass /crypto All"},
    Remedy{"kerberos.expired",
           "get a new ticket: klist purge or kinit at the client; if all have it, set the clock here",
           "ein neues Ticket holen: klist purge oder kinit am Client; haben es alle, hier die Uhr stellen"},
    Remedy{"kerberos.garbage", "look who sends it; a proxy in front must leave Authorization alone",
           "nachsehen, wer es sendet; ein Proxy davor muss Authorization unverändert lassen"},
    Remedy{"kerberos.key-version",
           "make the keytab again and copy it here; with an old ticket, klist purge at the client",
           "die Keytab neu erzeugen und hierher kopieren; bei einem alten Ticket klist purge am Client"},
    Remedy{"kerberos.keytab", "mend the keytab; it is read again by itself, and pforte status shows it",
           "die Keytab in Ordnung bringen; sie wird von selbst neu gelesen, und pforte status zeigt sie"},
    Remedy{"kerberos.krb5-config", "correct the krb5.conf: pforte check names file and line",
           "die krb5.conf berichtigen: pforte check nennt Datei und Zeile"},
    Remedy{"kerberos.no-account", "take a realm that is no Active Directory out of require_pac; else look who it is",
           "einen Realm, der kein Active Directory ist, aus require_pac nehmen; sonst nachsehen, wer es ist"},
    Remedy{"kerberos.no-beginning", "let the load balancer pass each connection to one gate as a whole",
           "den Lastverteiler jede Verbindung als Ganzes an ein Tor geben lassen"},
    Remedy{"kerberos.no-key",
           "add the service with its keytab to [kerberos.keytabs], or let clients use the other name",
           "den Dienst mit seiner Keytab in [kerberos.keytabs] aufnehmen, oder die Clients den anderen Namen nehmen "
           "lassen"},
    Remedy{"kerberos.not-yet-valid", "set the clocks of gate and domain controller by NTP",
           "die Uhren von Tor und Domänencontroller nach NTP stellen"},
    Remedy{"kerberos.ntlm",
           "klist get HTTP/HOST at the client says why it has no ticket; allow the site in the browser",
           "klist get HTTP/HOST am Client sagt, warum er kein Ticket hat; die Site im Browser erlauben"},
    Remedy{"kerberos.other-account",
           "ask for the ticket by the account's own name, or kinit -C; of a computer: an attack",
           "das Ticket unter dem Namen des Kontos holen, oder mit kinit -C; von einem Computer: ein Angriff"},
    Remedy{"kerberos.other-mechanism", "switch Kerberos on in the client", "im Client Kerberos einschalten"},
    Remedy{"kerberos.principal", "rename the account: its name cannot be written as a principal",
           "das Konto umbenennen: sein Name lässt sich nicht als Principal schreiben"},
    Remedy{"kerberos.rc4", "switch AES on for the account and make the keytab again; until then allow_rc4",
           "für das Konto AES einschalten und die Keytab neu erzeugen; bis dahin allow_rc4"},
    Remedy{"kerberos.refused", "follow the library's words in the reason", "den Worten der Bibliothek im Grund folgen"},
    Remedy{"kerberos.replay", "look who repeats requests; browsers make a new one each time",
           "nachsehen, wer Anfragen wiederholt; Browser machen jedes Mal eine neue"},
    Remedy{"kerberos.replay-full", "find who signs in that often, and let scripts keep their session",
           "herausfinden, wer sich so oft anmeldet, und Skripte ihre Sitzung behalten lassen"},
    Remedy{"kerberos.replay-journal", "make room in state_dir, or correct its rights",
           "in state_dir Platz schaffen, oder die Rechte berichtigen"},
    Remedy{"kerberos.request", "treat it as an attack if it comes again",
           "als Angriff behandeln, wenn es wieder vorkommt"},
    Remedy{"kerberos.skew", "set both clocks by NTP: timedatectl here, w32tm /query /status there",
           "beide Uhren nach NTP stellen: timedatectl hier, w32tm /query /status dort"},
    Remedy{"kerberos.too-long", "treat it as an attack", "als Angriff behandeln"},
    Remedy{"kerberos.untrusted-path", "enter the path in [capaths] of krb5.conf, or do not trust that realm",
           "den Weg unter [capaths] in krb5.conf eintragen, oder diesem Realm nicht vertrauen"},
    Remedy{"kerberos.wrong-key", "make the keytab on the domain controller, with the account's password of today",
           "die Keytab auf dem Domänencontroller erzeugen, mit dem heutigen Passwort des Kontos"},
};

}  // namespace

Message remedy_for(std::string_view code) {
  const auto* found = std::ranges::find(kRemedies, code, &Remedy::code);
  return found == kRemedies.end() ? Message() : Message{std::string(found->en), std::string(found->de)};
}

}  // namespace pforte::kerberos
