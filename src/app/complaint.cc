#include "app/complaint.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "base/german.h"
#include "base/printable.h"
#include "base/text.h"

namespace pforte::app {
namespace {

// What to do about what the modules below say.
struct Known {
  std::string_view code;
  std::string_view german;  // before a text that there is in English alone
  std::string_view remedy_en, remedy_de;
};

constexpr auto kKnown = std::to_array<Known>({
    {"agent.login", "das kann kein Anmeldename sein",
     "a login has 1 to 128 characters, none of them a control character or ':', and no blank at its ends",
     "ein Anmeldename hat 1 bis 128 Zeichen, darunter kein Steuerzeichen und kein ':', und kein Leerzeichen am Rand"},
    {"agent.principal", "das ist kein Kerberos-Principal", "write it as susan@EXAMPLE.COM; the realm is case-sensitive",
     "schreiben: susan@EXAMPLE.COM; beim Realm zählt Groß- und Kleinschreibung"},
    {"agent.taken", "den Anmeldenamen gibt es schon", "`pforte agent set` changes an agent that exists",
     "`pforte agent set` ändert einen Bearbeiter, den es schon gibt"},
    {"agent.unknown", "diesen Bearbeiter gibt es nicht", "`pforte agent list` tells which there are",
     "`pforte agent list` sagt, welche es gibt"},
    {"agent.name", "das kann kein Name, keine Adresse und keine Bezeichnung sein",
     "up to 256 characters, 128 for a label, without control characters and blanks at its ends",
     "bis 256 Zeichen, für eine Bezeichnung 128, ohne Steuerzeichen und ohne Leerzeichen am Rand"},
    {"agent.group", "das kann keine Gruppe sein",
     "1 to 256 characters, without ',', control characters and blanks at its ends",
     "1 bis 256 Zeichen, ohne ',', ohne Steuerzeichen und ohne Leerzeichen am Rand"},
    {"sign-in.unknown", "das ist niemand",
     "give an agent the principal: pforte agent set LOGIN --add-principal; or write a rule, see pforte.toml(5)",
     "einem Bearbeiter den Principal geben: pforte agent set LOGIN --add-principal; oder eine Regel schreiben, siehe "
     "pforte.toml(5)"},
    {"sign-in.conflict", "mehrere Bearbeiter haben den Principal, daher meldet er keinen davon an",
     "take it away from all but one: pforte agent set LOGIN --remove-principal",
     "ihn allen bis auf einen wegnehmen: pforte agent set LOGIN --remove-principal"},
    {"sign-in.disabled", "der Bearbeiter ist gesperrt", "pforte agent enable LOGIN lets them in again",
     "pforte agent enable LOGIN lässt ihn wieder zu"},
    {"sign-in.machine", "das ist das Konto eines Rechners",
     "if a computer is meant to sign in, give an agent exactly this principal",
     "wenn sich ein Rechner anmelden soll, einem Bearbeiter genau diesen Principal geben"},
    {"service.unknown", "diesen Dienst gibt es nicht", "`pforte service list` tells which there are",
     "`pforte service list` sagt, welche es gibt"},
    {"store.unusable", "der Speicher ist nicht benutzbar",
     "run this as the gate's user or as root, and look whether the state folder exists and has room",
     "als Benutzer des Tors oder als root aufrufen und nachsehen, ob es den Zustandsordner gibt und er Platz hat"},
    {"store.damaged", "der Speicher ist beschädigt", "bring it back from a backup; keep the damaged file",
     "aus einer Sicherung zurückholen; die beschädigte Datei aufheben"},
    {"store.newer", "der Speicher stammt von einer neueren Version", "use that version of pforte, or a newer one",
     "diese Version von pforte oder eine neuere verwenden"},
    {"file.unreadable", "die Datei ist nicht lesbar", "name the file that is meant", "die gemeinte Datei angeben"},
    {"file.unwritable", "die Datei lässt sich nicht schreiben",
     "nothing has changed; check the rights and the room there is",
     "es hat sich nichts geändert; Rechte und Platz prüfen"},
    {"file.exists", "die Datei gibt es schon", "it stays; name another, or move it away if nobody needs it",
     "sie bleibt; eine andere nennen, oder sie wegschieben, wenn niemand sie braucht"},
    {"certificate.none", "da ist kein Zertifikat", "give a file in PEM or DER", "eine Datei in PEM oder DER angeben"},
    {"certificate.damaged", "ein Zertifikat ist beschädigt", "fetch the file anew, in binary mode",
     "die Datei neu holen, binär übertragen"},
    {"certificate.in-pkcs7", "die Datei ist PKCS#7",
     "take the certificates out: openssl pkcs7 -print_certs -in FILE -out NEW.pem, in DER with -inform DER",
     "die Zertifikate herausnehmen: openssl pkcs7 -print_certs -in DATEI -out NEU.pem, bei DER mit -inform DER"},
    {"certificate.in-keystore", "die Datei ist ein Keystore",
     "take the certificate out: openssl pkcs12 -in FILE -nokeys -out NEW.pem; of JKS: keytool -exportcert -rfc",
     "das Zertifikat herausnehmen: openssl pkcs12 -in DATEI -nokeys -out NEU.pem; bei JKS: keytool -exportcert -rfc"},
    {"certificate.trust-settings", "ein Zertifikat gilt nach eigenen Angaben von OpenSSL nur für bestimmte Zwecke",
     "write it without them, if it is to be trusted for all: openssl x509 -in FILE -out NEW.pem",
     "ohne diese Angaben schreiben, wenn ihm für alle vertraut werden soll: openssl x509 -in DATEI -out NEU.pem"},
    {"certificate.unknown", "dieses Zertifikat gibt es im Bestand nicht",
     "pforte cert list shows them; the first 8 digits of the id are enough",
     "pforte cert list zeigt sie; die ersten 8 Stellen der ID genügen"},
    {"certificate.ambiguous", "mehrere Zertifikate sind gemeint", "write more digits of the id",
     "mehr Stellen der ID schreiben"},
    {"certificate.no-key", "der Bestand hat dazu keinen privaten Schlüssel",
     "import it together with its key: pforte cert import FILE --key KEY",
     "zusammen mit dem Schlüssel aufnehmen: pforte cert import DATEI --key SCHLÜSSEL"},
    {"certificate.key-mismatch", "der Schlüssel gehört zu keinem der Zertifikate",
     "name the key with which the certificate was requested", "den Schlüssel angeben, mit dem es beantragt wurde"},
    {"key.password-missing", "der Schlüssel ist verschlüsselt",
     "--password-file FILE: its first line is the password; - asks for it; for the running gate key_password_file",
     "--password-file DATEI: ihre erste Zeile ist das Passwort; - fragt danach; für das laufende Tor "
     "key_password_file"},
    {"key.password-wrong", "das Passwort passt nicht",
     "nothing has changed; try another; of a file its first line counts",
     "es hat sich nichts geändert; ein anderes versuchen; von einer Datei zählt die erste Zeile"},
    {"key.damaged", "da ist kein brauchbarer privater Schlüssel", "is it the right file? PEM and DER are understood",
     "ist es die richtige Datei? Verstanden werden PEM und DER"},
    {"trust.form", "die Form passt nicht",
     "a trust store is PEM, DER, PKCS#12, JKS or a directory; --form tells a new one's",
     "ein Vertrauensspeicher ist PEM, DER, PKCS#12, JKS oder ein Ordner; --form sagt die eines neuen"},
    {"trust.damaged", "der Vertrauensspeicher ist beschädigt",
     "take it from a backup: FILE.bak is what it was before the last change",
     "aus einer Sicherung nehmen: DATEI.bak ist, was er vor der letzten Änderung war"},
    {"trust.unsupported", "das liest Pforte nicht",
     "make the store anew: keytool -importkeystore -deststoretype PKCS12",
     "den Speicher neu machen: keytool -importkeystore -deststoretype PKCS12"},
    {"trust.password-missing", "es fehlt das Passwort",
     "--password-file FILE, in cert verify --trust-password-file FILE: its first line; - asks for it",
     "--password-file DATEI, bei cert verify --trust-password-file DATEI: ihre erste Zeile; - fragt danach"},
    {"trust.password-wrong", "das Passwort passt nicht", "nothing has changed; Java's default is changeit",
     "es hat sich nichts geändert; die Vorgabe von Java ist changeit"},
    {"trust.read-only", "das lässt sich so nicht ändern",
     "copy the certificate there as NAME.crt and run update-ca-certificates; instead of a DER file make a PEM bundle",
     "das Zertifikat als NAME.crt dorthin kopieren und update-ca-certificates aufrufen; statt einer DER-Datei ein "
     "PEM-Bündel machen"},
    {"trust.alias", "das kann kein Alias sein", "give another with --alias", "mit --alias einen anderen geben"},
    {"trust.alias-taken", "den Alias gibt es schon", "give another with --alias, or remove the old one first",
     "mit --alias einen anderen geben oder das alte erst entfernen"},
    {"trust.no-entry", "das Zertifikat gibt es nicht", "pforte trust list STORE tells which there are",
     "pforte trust list SPEICHER sagt, welche es gibt"},
    {"trust.ambiguous", "mehrere sind gemeint", "write more digits of the SHA-256",
     "mehr Stellen des SHA-256 schreiben"},
    {"trust.is-key", "das ist ein privater Schlüssel", "it stays; keytool -delete removes it if that is meant",
     "er bleibt; keytool -delete entfernt ihn, wenn das gemeint ist"},
    {"request.damaged", "das ist kein Zertifikatsantrag", "is it the right file? PEM and DER are understood",
     "ist es die richtige Datei? Verstanden werden PEM und DER"},
    {"request.signature", "den Antrag hat nicht gemacht, wer den Schlüssel hat", "have it made anew",
     "neu machen lassen"},
    {"request.names", "der Antrag verlangt, was nicht lesbar ist",
     "have it made with DNS names, addresses or mail "
     "addresses alone",
     "nur mit DNS-Namen, IP- oder Mailadressen machen lassen"},
    {"authority.none", "es gibt noch keine Firmen-CA",
     "pforte ca init makes one; with a root elsewhere: pforte ca import FILE",
     "pforte ca init macht eine; mit einer Wurzel anderswo: pforte ca import DATEI"},
    {"authority.exists", "den Ordner gibt es schon",
     "it stays; name another, or move it away: what a CA has issued is trusted no longer once another takes its place",
     "er bleibt; einen anderen nennen, oder ihn wegschieben: Dem, was eine CA ausgestellt hat, wird nicht mehr "
     "vertraut, wenn eine andere an ihrer Stelle steht"},
    {"authority.names", "der Name passt nicht",
     "correct what the message names; a host name has letters, digits and hyphens, an asterisk only as its whole first "
     "label; --permit and --exclude take domains without one, and networks: example.com,10.0.0.0/8",
     "berichtigen, was die Meldung nennt; ein Hostname hat Buchstaben, Ziffern und Bindestriche, einen Stern nur als "
     "ganzen ersten Teil; --permit und --exclude nehmen Domänen ohne Stern und Netze: example.com,10.0.0.0/8"},
    {"authority.lifetime", "die Gültigkeit passt nicht", "1 to 825 days, see --days", "1 bis 825 Tage, siehe --days"},
    {"authority.expired", "die Firmen-CA ist abgelaufen",
     "look at the clock; renew the intermediate: pforte ca init --intermediate-only, then ca sign-intermediate and ca "
     "import",
     "die Uhr ansehen; das Zwischenzertifikat erneuern: pforte ca init --intermediate-only, dann ca sign-intermediate "
     "und ca import"},
    {"authority.request", "der Antrag ist keiner für ein Zwischenzertifikat",
     "sign the intermediate.csr of pforte ca init --intermediate-only; for hosts there is pforte cert issue --csr",
     "den intermediate.csr von pforte ca init --intermediate-only signieren; für Hosts gibt es pforte cert issue "
     "--csr"},
    {"authority.early", "die Firmen-CA gilt noch nicht",
     "set this machine's clock: timedatectl status tells how it is set",
     "die Uhr dieses Rechners stellen: timedatectl status sagt, wie sie gestellt wird"},
    {"authority.refused", "dem Zertifikat würde niemand vertrauen; es ist nicht ausgestellt",
     "change what the rule names; pforte ca show tells which names the CA may issue for",
     "ändern, was die Regel nennt; pforte ca show sagt, für welche Namen die CA ausstellen darf"},
    {"authority.key-mismatch", "Schlüssel und Zertifikat gehören nicht zusammen",
     "bring both back from the same backup", "beide aus derselben Sicherung holen"},
    {"authority.root", "das ist nicht Zwischenzertifikat und Wurzel dieser CA",
     "let the root sign that belongs to this CA, and take both certificates it gives",
     "mit der Wurzel signieren, die zu dieser CA gehört, und beide Zertifikate nehmen"},
    {"authority.unknown-serial", "die Firmen-CA hat es nicht ausgestellt", "pforte ca list tells what it has issued",
     "pforte ca list sagt, was sie ausgestellt hat"},
    {"authority.ambiguous", "mehrere sind gemeint", "write more digits of the serial number; pforte ca list has them",
     "mehr Stellen der Seriennummer schreiben; pforte ca list nennt sie"},
    {"crl.none", "die Datei enthält keine Sperrliste", "is it the right file? PEM and DER are understood",
     "ist es die richtige Datei? Verstanden werden PEM und DER"},
    {"crl.damaged", "die Sperrliste ist beschädigt", "fetch it anew from the authority", "von der CA neu holen"},
    {"ocsp.damaged", "das ist keine OCSP-Antwort",
     "fetch it anew: openssl ocsp -issuer CA -cert FILE -url URL -respout OUT",
     "neu holen: openssl ocsp -issuer CA -cert DATEI -url URL -respout AUS"},
    {"net.listen", "auf der Adresse lässt sich nicht lauschen", "name another address; ip address lists this machine's",
     "eine andere Adresse nennen; ip address listet die dieses Rechners"},
    {"net.listen-taken", "auf der Adresse lauscht schon jemand",
     "ss -ltnp sport = :PORT names who listens there; stop it, or name another port",
     "ss -ltnp sport = :PORT nennt, wer dort lauscht; ihn anhalten oder einen anderen Port nennen"},
    {"net.listen-denied", "auf der Adresse darf dieser Benutzer nicht lauschen",
     "a port below 1024 needs the capability CAP_NET_BIND_SERVICE, which the unit has: systemctl start pforte",
     "ein Port unter 1024 braucht die Capability CAP_NET_BIND_SERVICE, die die Unit hat: systemctl start pforte"},
    {"net.listen-elsewhere", "die Adresse hat dieser Rechner nicht",
     "ip address lists this machine's addresses; 0.0.0.0 stands for all of them, [::] for those of IPv6",
     "ip address listet die Adressen dieses Rechners; 0.0.0.0 steht für alle, [::] für die von IPv6"},
    {"admin.control-taken", "mit diesem Zustandsordner läuft schon ein Tor",
     "stop that gate, or give this one its own state_dir",
     "jenes Tor anhalten, oder diesem ein eigenes state_dir geben"},
    {"admin.control-socket", "der Steuersocket ist nicht benutzbar",
     "see that state_dir belongs to the gate's user, and that nobody else writes into it",
     "dafür sorgen, dass state_dir dem Benutzer des Tors gehört und sonst niemand hineinschreibt"},
    {"admin.control-path", "der Pfad des Steuersockets ist zu lang", "choose a shorter state_dir",
     "ein kürzeres state_dir wählen"},
    {"access-log.open", "das Zugriffsprotokoll lässt sich nicht öffnen",
     "its folder must exist and belong to the gate's user; the reader of a pipe starts before the gate",
     "der Ordner muss existieren und dem Benutzer des Tors gehören; wer aus einer Pipe liest, startet vor dem Tor"},
    {"state.unusable", "der Zustandsordner ist nicht benutzbar",
     "see that state_dir exists, belongs to the gate's user and has room",
     "dafür sorgen, dass state_dir existiert, dem Benutzer des Dienstes gehört und Platz hat"},
    {"file.too-large", "die Datei ist zu groß", "is it the right one?", "ist es die richtige?"},
});

// Of a file that a command reads, as whoever runs it. None: it is another failure.
std::optional<Message> remedy_of_unread(const Error& error) {
  if (error.code() != "file.unreadable") return std::nullopt;
  if (error.kind() == Kind::NotFound) return Message{"correct its name", "ihren Namen berichtigen"};
  if (error.kind() != Kind::Denied) return std::nullopt;
  return Message{"run this as a user who may read it, such as with sudo; `ls -l` tells whose it is",
                 "als ein Benutzer aufrufen, der sie lesen darf, etwa mit sudo; `ls -l` sagt, wem sie gehört"};
}

// Of "cannot listen on 10.0.0.1:443: ...", in place of PORT in its remedy.
void name_port(std::string_view text, std::string& remedy) {
  constexpr std::string_view kBlank = ":PORT";
  std::size_t blank = remedy.find(kBlank);
  std::size_t end = text.rfind(": ");
  if (blank == remedy.npos || end == text.npos) return;
  std::string_view address = text.substr(0, end);
  std::size_t colon = address.rfind(':');
  if (colon != address.npos) remedy.replace(blank, kBlank.size(), address.substr(colon));
}

int exit_for(const Error& error) {
  if (error.code().starts_with("sign-in.")) return kDoesNotHold;
  if (error.code().starts_with("store.") && error.code() != "store.conflict") return kSystemRefused;
  if (error.code() == "file.unwritable" || (error.code() == "state.unusable" && error.kind() != Kind::Invalid))
    return kSystemRefused;
  bool input = error.kind() == Kind::Invalid || error.kind() == Kind::NotFound || error.code().starts_with("file.");
  return input ? kInvalidInput : kSystemRefused;
}

std::string to_text(const Complaint& complaint, const Message& grade, Language language) {
  std::string place = complaint.place.empty() ? "" : cat(printable(complaint.place), ": ");
  std::string what = printable(complaint.what.in(language));
  std::string remedy = printable(complaint.remedy.in(language));
  std::string text = cat("pforte: ", place, grade.in(language), ": ", what, '\n');
  return remedy.empty() ? text : cat(text, language == Language::German ? "Hilfe: " : "help: ", remedy, '\n');
}

}  // namespace

Complaint::Complaint(int exit_status, Message wrong, Message help)
    : exit(exit_status), what(std::move(wrong)), remedy(std::move(help)) {}

Complaint::Complaint(std::string_view at, int exit_status, Message wrong, Message help)
    : Complaint(exit_status, std::move(wrong), std::move(help)) {
  place = at;
}

Complaint::Complaint(const Error& error) : exit(exit_for(error)), what{error.text(), error.text()} {
  std::optional<std::string> german = in_german(error.text());
  if (german) what.de = *german;
  auto known = std::ranges::find(kKnown, error.code(), &Known::code);
  if (known == kKnown.end()) return;
  Message usual = {std::string(known->remedy_en), std::string(known->remedy_de)};
  remedy = remedy_of_unread(error).value_or(std::move(usual));
  if (error.code() == "net.listen-taken") {
    for (std::string* each : {&remedy.en, &remedy.de}) name_port(error.text(), *each);
  }
  if (!german) what.de = cat(known->german, ": ", error.text());
}

Complaint::Complaint(const Error& error, std::string_view file) : Complaint(error) {
  std::string_view text = error.text();
  std::size_t end = text.starts_with(file) ? text.find(": ", file.size()) : text.npos;
  if (end == text.npos || (end > file.size() && text[file.size()] != ':' && text[file.size()] != '/')) return;
  place = text.substr(0, end);
  std::string before = cat(place, ": ");
  for (std::string* each : {&what.en, &what.de}) {
    if (std::size_t at = each->find(before); at != each->npos) each->erase(at, before.size());
  }
}

void tell(const Error& error, const conf::Place& place, conf::Problems& problems) {
  Complaint complaint(error);
  problems.error(place, error.code(), std::move(complaint.what), std::move(complaint.remedy));
}

std::string to_text(const Complaint& complaint, Language language) {
  return to_text(complaint, {"error", "Fehler"}, language);
}

std::string warning_text(const Complaint& complaint, Language language) {
  return to_text(complaint, {"warning", "Warnung"}, language);
}

}  // namespace pforte::app
