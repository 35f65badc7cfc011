#include "base/german.h"

#include <array>
#include <vector>

#include "base/text.h"

namespace pforte {
namespace {

// A sentence, with a star for each part that varies; the same parts in the same order in both languages.
struct Sentence {
  std::string_view en, de;
};

constexpr auto kSentences = std::to_array<Sentence>({
    {"* cannot be made: *", "* lässt sich nicht anlegen: *"},
    {"*: its folder: *", "*: der Ordner davon: *"},
    {"* cannot be given to the owner of its folder: *", "* lässt sich nicht dem übergeben, dem der Ordner gehört: *"},
    {"* can be read by others, and its mode cannot be changed: *",
     "* ist für andere lesbar, und die Rechte daran lassen sich nicht ändern: *"},
    {"* is on a file system without shared memory, which SQLite's WAL needs",
     "* liegt auf einem Dateisystem ohne gemeinsamen Speicher, den WAL von SQLite braucht"},
    {"*: an earlier failure has taken back the whole transaction",
     "*: ein früherer Fehler hat die ganze Transaktion zurückgenommen"},
    {"* cannot grow: the disk is full", "* kann nicht wachsen: der Datenträger ist voll"},
    {"* is being changed by another process, for more than * s",
     "* wird von einem anderen Prozess geändert, seit mehr als * s"},
    {"* may not be written: *", "* darf nicht geschrieben werden: *"},
    {"*, or the files that go with it in the same folder, cannot be opened: *",
     "* oder die Dateien, die im selben Ordner dazugehören, lassen sich nicht öffnen: *"},
    {"* cannot be read or written: *", "* lässt sich nicht lesen oder schreiben: *"},
    {"*: there is no memory for it", "*: dafür fehlt Arbeitsspeicher"},
    {"* is damaged, or no database: *", "* ist beschädigt oder keine Datenbank: *"},
    {"* is the database of another program", "* ist die Datenbank eines anderen Programms"},
    {"the store has version *, made by a newer Pforte; this one knows up to version *",
     "der Speicher hat Version *, von einer neueren Pforte; diese kennt sie bis Version *"},
    {"there is no agent \"*\"", "es gibt keinen Bearbeiter \"*\""},
    {"\"*\" cannot be a login: it takes *", "\"*\" kann kein Anmeldename sein"},
    {"\"*\" cannot be a name or an address: it takes *", "\"*\" kann kein Name und keine Adresse sein"},
    {"\"*\" cannot be a group: it takes *", "\"*\" kann keine Gruppe sein"},
    {"there is already an agent \"*\"; logins differ in more than the case of their letters",
     "es gibt schon einen Bearbeiter \"*\"; Anmeldenamen unterscheiden sich nicht nur in Groß- und Kleinschreibung"},
    {"a password has 1 to * bytes", "ein Passwort hat 1 bis * Bytes"},
    {"hashing a password needs * MiB of memory, and there is none",
     "ein Passwort zu hashen braucht * MiB Arbeitsspeicher, und der fehlt"},
    {"what the gate sends is no capture", "was das Tor sendet, ist keine Aufzeichnung"},
    {"a label has up to 128 characters, without control characters",
     "eine Bezeichnung hat bis zu 128 Zeichen, darunter kein Steuerzeichen"},
    {"the principal \"*\" has control characters", "im Principal \"*\" sind Steuerzeichen"},
    {"the principal \"*\" has an empty realm", "der Realm im Principal \"*\" ist leer"},
    {"the principal \"*\" has no realm", "dem Principal \"*\" fehlt der Realm"},
    {"the principal \"*\" has an empty component", "ein Teil des Principals \"*\" ist leer"},
    {"the principal \"*\" goes on behind a NUL", "der Principal \"*\" geht hinter einem NUL weiter"},
    {"the principal \"*\" ends in the middle of an escape", "der Principal \"*\" endet hinter einem Backslash"},
    {"the principal \"*\" has two realms", "der Principal \"*\" hat zwei Realms"},
    {"the principal \"*\" has a slash in its realm", "im Realm des Principals \"*\" ist ein Schrägstrich"},
    {"the ticket is sealed with key version * of *, the keytab has *; the keytab is out of date",
     "das Ticket ist mit Schlüsselversion * von * versiegelt, die Keytab hat *; die Keytab ist veraltet"},
    {"the ticket is sealed with key version * of *, the keytab has *; the client has an old ticket, or the keytab was "
     "made without the old keys",
     "das Ticket ist mit Schlüsselversion * von * versiegelt, die Keytab hat *; der Client hat ein altes Ticket, oder "
     "die Keytab wurde ohne die alten Schlüssel erzeugt"},
    {"the ticket is sealed with *, for which the keytab has no key of *; it has *",
     "das Ticket ist mit * versiegelt, wofür die Keytab keinen Schlüssel von * hat; sie hat *"},
    {"the key of * (version *, *) does not open the ticket: another password or salt",
     "der Schlüssel von * (Version *, *) öffnet das Ticket nicht: anderes Passwort oder anderes Salz"},
    {"the ticket of * expired * ago (clocks may be * apart)",
     "das Ticket von * ist seit * abgelaufen (Uhren dürfen * auseinander gehen)"},
    {"the ticket of * is valid from * from now (clocks may be * apart)",
     "das Ticket von * gilt erst in * (Uhren dürfen * auseinander gehen)"},
    {"the request of * is not sealed with the key of its ticket",
     "die Anfrage von * ist nicht mit dem Schlüssel ihres Tickets versiegelt"},
    {"the clock of * is * ahead of ours (clocks may be * apart)",
     "die Uhr von * geht * gegen unsere vor (Uhren dürfen * auseinander gehen)"},
    {"the clock of * is * behind ours (clocks may be * apart)",
     "die Uhr von * geht * gegen unsere nach (Uhren dürfen * auseinander gehen)"},
    {"the realms between * and ours are not trusted: *", "den Realms zwischen * und uns wird nicht vertraut: *"},
    {"the request of * was refused: *", "die Anfrage von * wurde abgelehnt: *"},
    {"the request for * was accepted before: a repetition",
     "die Anfrage für * wurde schon angenommen: eine Wiederholung"},
    {"the token has * bytes, more than *", "das Token hat * Byte, mehr als *"},
    {"the client sent NTLM: it has no ticket for this name",
     "der Client hat NTLM gesendet: er hat kein Ticket für diesen Namen"},
    {"the client offers no Kerberos, but another mechanism",
     "der Client bietet kein Kerberos an, sondern ein anderes Verfahren"},
    {"the token is neither SPNEGO nor Kerberos, or it is damaged",
     "das Token ist weder SPNEGO noch Kerberos, oder es ist beschädigt"},
    {"what follows Negotiate is no Base64", "was auf Negotiate folgt, ist kein Base64"},
    {"the token continues an exchange that this connection has not",
     "das Token setzt einen Austausch fort, den diese Verbindung nicht hat"},
    {"the ticket is bound to another TLS connection: something between client and gate ends TLS, or relays",
     "das Ticket ist an eine andere TLS-Verbindung gebunden: etwas zwischen Client und Tor beendet TLS oder leitet "
     "weiter"},
    {"the ticket of * is not bound to the TLS connection, and channel_binding = \"require\"",
     "das Ticket von * ist nicht an die TLS-Verbindung gebunden, und channel_binding = \"require\""},
    {"the ticket is of nobody: the client asked for an anonymous one",
     "das Ticket ist von niemandem: der Client hat um ein anonymes gebeten"},
    {"the ticket for * uses *, which is not allowed", "das Ticket für * verwendet *, was nicht erlaubt ist"},
    {"the ticket is for *, which is not configured; the nearest is *",
     "das Ticket ist für *, das nicht konfiguriert ist; am ähnlichsten ist *"},
    {"the ticket is for *, which is not configured; configured: *",
     "das Ticket ist für *, das nicht konfiguriert ist; konfiguriert: *"},
    {"no agent has the principal *, no rule matches it, and its name alone is not enough in its realm",
     "kein Bearbeiter hat den Principal *, keine Regel passt auf ihn, und sein Name allein reicht in seinem Realm "
     "nicht"},
    {"no agent has the principal *, and none without a principal has the login \"*\"",
     "kein Bearbeiter hat den Principal *, und keiner ohne Principal hat den Anmeldenamen \"*\""},
    {"no agent has the principal *, and none has the login \"*\" that the rule at * gives",
     "kein Bearbeiter hat den Principal *, und keiner hat den Anmeldenamen \"*\", den die Regel in * ergibt"},
    {"the principal * is claimed by more than one agent, so none signs in by it: *",
     "mehrere Bearbeiter haben den Principal *, daher meldet er keinen davon an: *"},
    {"* is a computer's account, and no agent has this principal",
     "* ist das Konto eines Rechners, und kein Bearbeiter hat diesen Principal"},
    {"the agent \"*\" is disabled", "der Bearbeiter \"*\" ist gesperrt"},
    {"the directory knows *, but there is no agent \"*\"",
     "das Verzeichnis kennt *, aber es gibt keinen Bearbeiter \"*\""},
    {"login or password is wrong", "Anmeldename oder Passwort ist falsch"},
    {"too many failures; wait * s", "zu viele Fehlversuche; * s warten"},
    {"no provider runs", "kein Dienst läuft"},
    {"a provider does not answer, and no other knows the password",
     "ein Dienst antwortet nicht, und kein anderer kennt das Passwort"},
    {"too many are signing in at once; try again in a moment",
     "zu viele melden sich auf einmal an; gleich noch einmal versuchen"},
    {"too many exchanges are half done", "zu viele Austausche sind halb fertig"},
    {"the token is unknown, expired or its agent disabled",
     "das Token ist unbekannt oder abgelaufen, oder sein Bearbeiter ist gesperrt"},
    {"sign-in by Kerberos is not running", "die Anmeldung mit Kerberos läuft nicht"},
    {"there is no service \"*\"; known: *", "es gibt keinen Dienst \"*\"; bekannt: *"},
    {"cannot use state_dir *: there is no such folder",
     "state_dir * ist nicht benutzbar: Einen solchen Ordner gibt es nicht"},
    {"cannot use state_dir *: it is no folder", "state_dir * ist nicht benutzbar: Es ist kein Ordner"},
    {"cannot use state_dir *: * is no folder", "state_dir * ist nicht benutzbar: * ist kein Ordner"},
    {"cannot use state_dir *: the kernel keeps no files there",
     "state_dir * ist nicht benutzbar: Der Kernel hebt dort keine Dateien auf"},
    {"cannot use state_dir *: *", "state_dir * ist nicht benutzbar: *"},
    {"another gate runs with this state folder and answers at *",
     "ein anderes Tor läuft mit diesem Zustandsordner und antwortet an *"},
    {"the path of the control socket * is longer than * bytes", "der Pfad des Steuersockets * ist länger als * Bytes"},
    {"cannot use the control socket *: *; it is no socket: move it away",
     "der Steuersocket * ist nicht benutzbar: *; das ist kein Socket: wegschieben"},
    {"cannot use the control socket *: *", "der Steuersocket * ist nicht benutzbar: *"},
    {"cannot open the access log *: nobody reads this pipe",
     "das Zugriffsprotokoll * lässt sich nicht öffnen: Niemand liest diese Pipe"},
    {"cannot open the access log *: *", "das Zugriffsprotokoll * lässt sich nicht öffnen: *"},
    {"cannot listen on *: *", "auf * lässt sich nicht lauschen: *"},
    {"it answered with status *", "es antwortete mit Status *"},
    {"the gate does not answer in time", "das Tor antwortet nicht rechtzeitig"},
    {"*: the answer does not end", "*: die Antwort endet nicht"},
    {"*: what answers is no gate", "*: was da antwortet, ist kein Tor"},
    {"*: larger than 1 GiB", "*: größer als 1 GiB"},
    {"*: larger than * MiB", "*: größer als * MiB"},
    {"writing *: *", "beim Schreiben von *: *"},
    {"*: the certificate is not Base64", "*: das Zertifikat ist kein Base64"},
    {"*: the certificate is cut off, or not DER", "*: das Zertifikat ist abgeschnitten oder kein DER"},
    {"*: the certificate has no line that ends it", "*: dem Zertifikat fehlt die Zeile, mit der es endet"},
    {"*: the certificate begins in the middle of a line", "*: das Zertifikat beginnt mitten in einer Zeile"},
    {"*: the certificate is damaged", "*: das Zertifikat ist beschädigt"},
    {"*: the revocation list is not Base64", "*: die Sperrliste ist kein Base64"},
    {"*: the revocation list is cut off, or not DER", "*: die Sperrliste ist abgeschnitten oder kein DER"},
    {"*: the revocation list has no line that ends it", "*: der Sperrliste fehlt die Zeile, mit der sie endet"},
    {"*: certificate * is cut off, or not DER", "*: Zertifikat * ist abgeschnitten oder kein DER"},
    {"*: revocation list * is cut off, or not DER", "*: Sperrliste * ist abgeschnitten oder kein DER"},
    {"*: holds no certificate in PEM or DER form", "*: enthält kein Zertifikat in PEM oder DER"},
    {"*: holds no revocation list in PEM or DER form", "*: enthält keine Sperrliste in PEM oder DER"},
    {"*: certificate *: this is not a certificate: *", "*: Zertifikat *: das ist kein Zertifikat: *"},
    {"*: this is not a certificate: *", "*: das ist kein Zertifikat: *"},
    {"*: this is not a revocation list: *", "*: das ist keine Sperrliste: *"},
    {"*: this is not an OCSP response: *", "*: das ist keine OCSP-Antwort: *"},
    {"*: OpenSSL's own settings say what the certificate is trusted for",
     "*: eigene Angaben von OpenSSL sagen, wofür dem Zertifikat vertraut wird"},
    {"*: is neither a file nor a folder", "*: ist weder eine Datei noch ein Ordner"},
    {"*: is PKCS#7", "*: ist PKCS#7"},
    {"*: is a keystore", "*: ist ein Keystore"},
    {"*: holds neither certificates nor a trust store", "*: enthält weder Zertifikate noch einen Vertrauensspeicher"},
    {"*: its name does not tell which form it is to have", "*: sein Name sagt nicht, welche Form er haben soll"},
    {"*: is *, not *", "*: ist *, nicht *"},
    {"\"*\" is not a network: what stands before the slash is neither IPv4 nor IPv6",
     "\"*\" ist kein Netz: Was vor dem Schrägstrich steht, ist weder IPv4 noch IPv6"},
    {"\"*\" is not a network: bits behind its length are set; the network is *",
     "\"*\" ist kein Netz: Bits hinter der Länge sind gesetzt; das Netz ist *"},
    {"\"*\" is not a network: IPv4-mapped networks have at least 96 bits",
     "\"*\" ist kein Netz: Netze von IPv4 in IPv6 haben mindestens 96 Bits"},
    {"\"*\" is not a network: its length is not a number of 0 to *",
     "\"*\" ist kein Netz: Die Länge ist keine Zahl von 0 bis *"},
    {"*: is encrypted, and no password is given", "*: ist verschlüsselt, und es ist kein Passwort angegeben"},
    {"*: can be changed only with its password", "*: lässt sich nur mit seinem Passwort ändern"},
    {"*: the Java keystore is damaged: *", "*: der Java-Keystore ist beschädigt: *"},
    {"*: the PKCS#12 store is damaged: *", "*: der PKCS#12-Speicher ist beschädigt: *"},
    {"*: the Java keystore holds a secret key, which only Java can read",
     "*: der Java-Keystore enthält einen geheimen Schlüssel, den nur Java lesen kann"},
    {"the system's store is made by update-ca-certificates from /usr/local/share/ca-certificates",
     "den Speicher des Systems macht update-ca-certificates aus /usr/local/share/ca-certificates"},
    {"a file in DER is one certificate, and cannot be changed",
     "eine Datei in DER ist ein einziges Zertifikat und lässt sich nicht ändern"},
    {"there is already an alias *", "den Alias * gibt es schon"},
    {"*: has no certificate *", "*: hat kein Zertifikat *"},
    {"*: * is a private key", "*: * ist ein privater Schlüssel"},
    {"*: * certificates are *", "*: * Zertifikate sind *"},
    {"an alias has 1 to 200 bytes", "ein Alias hat 1 bis 200 Bytes"},
    {"an alias is UTF-8 without control characters", "ein Alias ist UTF-8 ohne Steuerzeichen"},
    {"an alias in a directory is the name of a file, without '/' and no '.' at its beginning",
     "ein Alias ist in einem Ordner der Name einer Datei, ohne '/' und ohne '.' am Anfang"},
    // The company CA.
    {"a certificate for a server needs at least one name", "ein Zertifikat für einen Server braucht einen Namen"},
    {"the request asks for a certificate of a host or a person, not of a CA",
     "der Antrag verlangt ein Zertifikat für einen Host oder eine Person, nicht für eine CA"},
    {"a certificate needs a name", "ein Zertifikat braucht einen Namen"},
    {"a certificate has at most * names", "ein Zertifikat hat höchstens * Namen"},
    {"\"*\" is no host name", "\"*\" ist kein Hostname"},
    {"\"*\" is a network, no address", "\"*\" ist ein Netz, keine Adresse"},
    {"\"*\" is neither a domain nor a network", "\"*\" ist weder eine Domäne noch ein Netz"},
    {"the request has no name: neither subjectAltName nor a common name that can be one",
     "der Antrag hat keinen Namen: weder subjectAltName noch einen Common Name, der einer sein kann"},
    {"the name of a company CA has 1 to * bytes", "der Name einer Firmen-CA hat 1 bis * Bytes"},
    {"what is permitted has no domain in it, which would leave every host name permitted",
     "unter dem Erlaubten ist keine Domäne; damit bliebe jeder Hostname erlaubt"},
    {"a certificate is valid for an hour at least and * days at most",
     "ein Zertifikat gilt mindestens eine Stunde und höchstens * Tage"},
    {"the company CA * is valid until * and cannot issue any more",
     "die Firmen-CA * gilt bis * und kann nichts mehr ausstellen"},
    {"the company CA * is valid from *, and this machine's clock says *",
     "die Firmen-CA * gilt ab *, und die Uhr dieses Rechners sagt *"},
    {"the certificate would not be trusted, and is not issued: *",
     "dem Zertifikat würde nicht vertraut, daher wird es nicht ausgestellt: *"},
    {"*: there is no company CA yet", "*: es gibt noch keine Firmen-CA"},
    {"*: exists already and is not empty", "*: gibt es schon, und ist nicht leer"},
    {"*: exists already", "*: gibt es schon"},
    {"* is another name than *, which what was issued names as its issuer",
     "* ist ein anderer Name als *, den das Ausgestellte als Aussteller nennt"},
    {"*: is another root than *, which clients do not trust",
     "*: ist eine andere Wurzel als *, der die Clients nicht vertrauen"},
    {"*: holds not exactly two certificates: intermediate, root",
     "*: enthält nicht genau zwei Zertifikate: Zwischenzertifikat, Wurzel"},
    {"*: the key does not belong to the certificate of *", "*: der Schlüssel gehört nicht zum Zertifikat von *"},
    {"the company CA has issued no certificate with the serial number *",
     "die Firmen-CA hat kein Zertifikat mit der Seriennummer * ausgestellt"},
    {"the company CA has issued no certificate \"*\"", "die Firmen-CA hat kein Zertifikat \"*\" ausgestellt"},
    {"the company CA has issued * certificates \"*\"", "die Firmen-CA hat * Zertifikate \"*\" ausgestellt"},
    {"*: is no certificate request (PKCS#10): *", "*: ist kein Zertifikatsantrag (PKCS#10): *"},
    {"*: is not signed with the key that it names", "*: ist nicht mit dem Schlüssel signiert, den es nennt"},
    {"*: asks for a name or a use that cannot be read",
     "*: verlangt einen Namen oder eine Verwendung, die nicht lesbar sind"},

    // Keys, and the inventory.
    {"*: the password does not open the key, or the file is damaged",
     "*: das Passwort öffnet den Schlüssel nicht, oder die Datei ist beschädigt"},
    {"*: the password does not open it, or it is damaged", "*: das Passwort öffnet ihn nicht, oder er ist beschädigt"},
    {"*: the key is encrypted and no password is given",
     "*: der Schlüssel ist verschlüsselt, und es ist kein Passwort angegeben"},
    {"*: holds no usable private key in PEM form: *", "*: enthält keinen brauchbaren privaten Schlüssel in PEM: *"},
    {"*: holds no private key in PEM or DER", "*: enthält keinen privaten Schlüssel in PEM oder DER"},
    {"*: holds no certificate in PEM form", "*: enthält kein Zertifikat in PEM"},
    {"*: holds neither a certificate nor a key", "*: enthält weder ein Zertifikat noch einen Schlüssel"},
    {"*: certificate * is damaged: *", "*: Zertifikat * ist beschädigt: *"},
    {"*: a certificate is damaged", "*: ein Zertifikat ist beschädigt"},
    {"the files hold a key, but no certificate", "die Dateien enthalten einen Schlüssel, aber kein Zertifikat"},
    {"the key does not belong to the certificate of *", "der Schlüssel gehört nicht zum Zertifikat von *"},
    {"the key * belongs to none of the certificates, such as * in *",
     "der Schlüssel * gehört zu keinem der Zertifikate, wie * in *"},
    {"the inventory has no certificate \"*\"", "der Bestand hat kein Zertifikat \"*\""},
    {"the inventory has no private key of *", "der Bestand hat keinen privaten Schlüssel zu *"},
    {"* certificates of the inventory begin with *", "* Zertifikate des Bestands beginnen mit *"},

    // ACME.
    {"the certificate of the CA's server * is not trusted: *",
     "dem Zertifikat des Servers * der CA wird nicht vertraut: *"},
    {"proving that * is ours: *", "beim Nachweis, dass * uns gehört: *"},
    {"it ended with status *: *", "es endete mit Status *: *"},
    {"it took longer than * ms", "es dauerte länger als * ms"},

    {"the CA's server * cannot be asked: *", "der Server * der CA lässt sich nicht fragen: *"},
    {"the key for the account binding is not base64url", "der Schlüssel für die Bindung des Kontos ist kein base64url"},
    {"*: it is no key of 16 bytes or more in base64url",
     "*: das ist kein Schlüssel von mindestens 16 Bytes in base64url"},

    // Trust, and the OCSP answer beside a certificate.
    {"*: holds no certificate", "*: enthält kein Zertifikat"},
    {"the trust store holds no certificate", "der Vertrauensspeicher enthält kein Zertifikat"},
    {"a certificate of the trust store is damaged", "ein Zertifikat des Vertrauensspeichers ist beschädigt"},
    {"*: it has more than * certificates", "*: enthält mehr als * Zertifikate"},
    {"*: there is no certificate that can be read", "*: enthält kein lesbares Zertifikat"},
    {"OpenSSL cannot read the certificate", "OpenSSL kann das Zertifikat nicht lesen"},
    {"OpenSSL does not write the PKCS#12 store: *", "OpenSSL schreibt den PKCS#12-Speicher nicht: *"},
    {"*: the private key in it is of no use: *", "*: der private Schlüssel darin ist nicht brauchbar: *"},
    {"the password is not UTF-8", "das Passwort ist kein UTF-8"},
    {"a password must be UTF-8", "ein Passwort muss UTF-8 sein"},
    {"an alias is UTF-8 and at most 65535 bytes long", "ein Alias ist UTF-8 und höchstens 65535 Bytes lang"},
    {"certificate * of the chain cannot be read", "Zertifikat * der Kette ist nicht lesbar"},
    {"the chain holds no certificate in PEM form", "die Kette enthält kein Zertifikat in PEM"},

    // The directory, and sign-ins.
    {"*: not the URL of a server", "*: nicht die URL eines Servers"},
    {"*: nobody is trusted: * cannot be used", "*: niemandem wird vertraut: * ist nicht benutzbar"},
    {"*: speaks no TLS 1.2 or later", "*: spricht kein TLS ab 1.2"},
    {"after the bind nothing is allowed: the password must be changed first?",
     "nach dem Anmelden ist nichts erlaubt: Muss erst das Passwort geändert werden?"},
    {"the directory has several entries for *", "das Verzeichnis hat mehrere Einträge für *"},
    {"* cannot read its own entry", "* darf den eigenen Eintrag nicht lesen"},
    {"nobody can have that login", "diesen Anmeldenamen kann niemand haben"},
    {"the directory has nobody with that login", "das Verzeichnis hat niemanden mit diesem Anmeldenamen"},
    {"no server of the directory has answered of late", "kein Server des Verzeichnisses hat zuletzt geantwortet"},
    {"ldap* refuses *: *", "ldap* weist * ab: *"},
    {"the directory knows *, but no agent can be created: *",
     "das Verzeichnis kennt *, aber ein Bearbeiter lässt sich nicht anlegen: *"},
    {"too many passwords are being compared", "zu viele Passwörter werden auf einmal geprüft"},
    {"no service is configured, so no ticket can be accepted",
     "es ist kein Dienst konfiguriert, daher lässt sich kein Ticket annehmen"},
    {"the ticket of * does not say whose account it is of, which require_pac asks of *",
     "das Ticket von * sagt nicht, zu wessen Konto es gehört; das verlangt require_pac von *"},
    {"the ticket of * is of the account \"*\", which has another name",
     "das Ticket von * gehört zum Konto \"*\", das anders heißt"},
    {"* is not configured any more", "* ist nicht mehr konfiguriert"},
    {"/* cannot be read", "/* ist nicht lesbar"},
    {"the Kerberos library cannot read its configuration: *",
     "die Kerberos-Bibliothek kann ihre Konfiguration nicht lesen: *"},
    {"the name of the krb5.conf has a line end in it", "im Namen der krb5.conf ist ein Zeilenende"},
    {"too many tickets to remember against replays", "zu viele Tickets, um sie gegen Wiederholung zu merken"},
    {"no answer in time", "keine Antwort in der Zeit"},
    {"the name * has no address: *", "der Name * hat keine Adresse: *"},

    // Servers of backends.
    {"*: no connection had room in time", "*: keine Verbindung hatte rechtzeitig Platz"},
    {"*: the TLS handshake took too long", "*: der TLS-Handshake dauerte zu lange"},
    {"*: the server does not choose HTTP/2 (ALPN h2); set protocol = \"auto\" or \"http/1.1\"",
     "*: der Server wählt HTTP/2 nicht (ALPN h2); protocol = \"auto\" oder \"http/1.1\" setzen"},
    {"*: the server allows no request at all", "*: der Server lässt keine Anfrage zu"},
    {"*: the name has no address", "*: der Name hat keine Adresse"},
    {"GET * was answered *", "GET * wurde mit * beantwortet"},
    {"*: the check took longer than * ms", "*: die Prüfung dauerte länger als * ms"},

    // Files.
    {"*: it is no file", "*: ist keine Datei"},
    {"*: it holds something else than contacts", "*: enthält etwas anderes als Kontakte"},
    {"opening *: *", "beim Öffnen von *: *"},
    {"* cannot be written: *", "* lässt sich nicht schreiben: *"},
    {"*: it is no program that can be run", "*: ist kein Programm, das sich ausführen lässt"},
    {"cannot use *: *", "* ist nicht benutzbar: *"},

    // What the system says: strerror(3).
    {"Operation not permitted", "nicht erlaubt"},
    {"No such file or directory", "Datei oder Ordner nicht gefunden"},
    {"Input/output error", "Ein-/Ausgabefehler"},
    {"No such device or address", "Gerät oder Adresse nicht gefunden"},
    {"Exec format error", "kein ausführbares Programm"},
    {"Resource temporarily unavailable", "vorübergehend nicht verfügbar"},
    {"Cannot allocate memory", "es fehlt Arbeitsspeicher"},
    {"Permission denied", "keine Berechtigung"},
    {"Device or resource busy", "Gerät oder Ressource ist belegt"},
    {"File exists", "gibt es schon"},
    {"Invalid cross-device link", "liegt auf einem anderen Datenträger"},
    {"No such device", "Gerät nicht gefunden"},
    {"Not a directory", "ist kein Ordner"},
    {"Is a directory", "ist ein Ordner"},
    {"Invalid argument", "ungültige Angabe"},
    {"Too many open files in system", "im System sind zu viele Dateien offen"},
    {"Too many open files", "zu viele offene Dateien"},
    {"Text file busy", "das Programm läuft gerade"},
    {"File too large", "Datei zu groß"},
    {"No space left on device", "der Datenträger ist voll"},
    {"Read-only file system", "der Datenträger ist schreibgeschützt"},
    {"Broken pipe", "niemand liest mehr"},
    {"File name too long", "der Dateiname ist zu lang"},
    {"Function not implemented", "das System kann das nicht"},
    {"Directory not empty", "der Ordner ist nicht leer"},
    {"Too many levels of symbolic links", "zu viele symbolische Links hintereinander"},
    {"Protocol not supported", "das Protokoll wird nicht unterstützt"},
    {"Operation not supported", "wird nicht unterstützt"},
    {"Address family not supported by protocol", "diese Art von Adressen wird nicht unterstützt"},
    {"Address already in use", "die Adresse ist schon belegt"},
    {"Cannot assign requested address", "die Adresse hat dieser Rechner nicht"},
    {"Network is down", "das Netz ist ausgefallen"},
    {"Network is unreachable", "das Netz ist nicht erreichbar"},
    {"Software caused connection abort", "die Verbindung wurde abgebrochen"},
    {"Connection reset by peer", "die Gegenseite hat die Verbindung abgebrochen"},
    {"No buffer space available", "es fehlt Pufferspeicher"},
    {"Transport endpoint is not connected", "es besteht keine Verbindung"},
    {"Connection timed out", "die Gegenseite antwortet nicht"},
    {"Connection refused", "die Verbindung wurde abgelehnt"},
    {"Host is down", "der Rechner ist ausgefallen"},
    {"No route to host", "es gibt keinen Weg zu diesem Rechner"},
    {"Stale file handle", "die Datei gibt es auf dem Dateiserver nicht mehr"},
    {"Disk quota exceeded", "das Kontingent auf dem Datenträger ist erschöpft"},
    // gai_strerror(3), hstrerror(3).
    {"Name or service not known", "den Namen gibt es nicht"},
    {"Unknown host", "den Namen gibt es nicht"},
    {"Temporary failure in name resolution", "die Namensauflösung antwortet gerade nicht"},
    {"Host name lookup failure", "die Namensauflösung antwortet gerade nicht"},
    {"Non-recoverable failure in name resolution", "die Namensauflösung versagt"},
    {"Unknown server error", "die Namensauflösung versagt"},
    {"No address associated with hostname", "der Name hat keine Adresse"},
    {"No address associated with name", "der Name hat keine Adresse"},
    {"Address family for hostname not supported", "der Name hat keine Adresse dieser Art"},
    // OpenSSL's reasons.
    {"unsupported", "wird nicht unterstützt"},
    {"no start line", "die Zeile BEGIN fehlt"},
    {"bad end line", "die Zeile END passt nicht"},
    {"bad base64 decode", "kein Base64"},
    {"bad decrypt", "lässt sich nicht entschlüsseln"},
    {"wrong tag", "ein anderes Feld als erwartet"},
    {"header too long", "ein Feld ist länger als die Datei"},
    {"too long", "ein Feld ist zu lang"},
    {"not enough data", "abgeschnitten"},
    {"nested asn1 error", "kein gültiges ASN.1"},
    {"key values mismatch", "Schlüssel und Zertifikat gehören nicht zusammen"},
    {"ee key too small", "der Schlüssel des Zertifikats ist zu klein"},
    {"ca md too weak", "eine Unterschrift verwendet eine zu schwache Prüfsumme"},
    // SQLite's.
    {"unable to open database file", "die Datenbank lässt sich nicht öffnen"},
    {"attempt to write a readonly database", "die Datenbank ist schreibgeschützt"},
    {"file is not a database", "die Datei ist keine Datenbank"},
    {"database disk image is malformed", "der Inhalt ist beschädigt"},
});

std::vector<std::string_view> fixed_parts(std::string_view sentence) {
  std::vector<std::string_view> parts;
  for (std::size_t star = 0; (star = sentence.find('*')) != sentence.npos; sentence.remove_prefix(star + 1))
    parts.push_back(sentence.substr(0, star));
  parts.push_back(sentence);
  return parts;
}

// What stands for the stars. None: it is another sentence.
std::optional<std::vector<std::string_view>> variable_parts(std::string_view text,
                                                            const std::vector<std::string_view>& fixed) {
  std::vector<std::string_view> found;
  if (!text.starts_with(fixed.front())) return std::nullopt;
  text.remove_prefix(fixed.front().size());
  for (std::size_t i = 1; i < fixed.size(); ++i) {
    bool last = i + 1 == fixed.size();
    if (last && !text.ends_with(fixed[i])) return std::nullopt;
    std::size_t end = last ? text.size() - fixed[i].size() : text.find(fixed[i]);
    if (end == text.npos) return std::nullopt;
    found.push_back(text.substr(0, end));
    text.remove_prefix(end + fixed[i].size());
  }
  if (!text.empty()) return std::nullopt;
  return found;
}

}  // namespace

std::optional<std::string> in_german(std::string_view english) {
  for (const Sentence& sentence : kSentences) {
    auto variable = variable_parts(english, fixed_parts(sentence.en));
    if (!variable) continue;
    std::vector<std::string_view> german = fixed_parts(sentence.de);
    std::string text(german.front());
    for (std::size_t i = 1; i < german.size(); ++i) {
      // A cause at the end is a sentence of its own.
      bool cause = i + 1 == german.size() && german[i].empty() && german[i - 1].ends_with(": ");
      std::string varying(variable->at(i - 1));
      text += cause ? german_or_same(varying) : varying;
      text += german[i];
    }
    return text;
  }
  // "FILE: why"
  std::size_t file = english.find(": ");
  bool is_name = english.starts_with('/') || english.find(' ') > file;
  if (file == english.npos || !is_name) return std::nullopt;
  std::optional<std::string> why = in_german(english.substr(file + 2));
  return why ? std::optional(cat(english.substr(0, file + 2), *why)) : std::nullopt;
}

std::string german_or_same(const std::string& english) {
  return in_german(english).value_or(english);
}

}  // namespace pforte
