#include "app/command_table.h"

#include <algorithm>
#include <array>

#include "app/command_table_backend.h"
#include "app/command_table_ca.h"
#include "app/command_table_capture.h"
#include "app/command_table_doctor.h"
#include "app/command_table_inventory.h"
#include "app/command_table_keytab.h"
#include "base/text.h"

namespace pforte::app {
namespace {

constexpr Phrase kNoValue = {};
constexpr Phrase kLogin = {"LOGIN", "LOGIN"};

constexpr std::array kGlobalOptions = std::to_array<OptionSpec>({
    {.name = "--config",
     .value = {"FILE", "DATEI"},
     .tells = {"default /etc/pforte/pforte.toml, else ./pforte.toml",
               "Vorgabe /etc/pforte/pforte.toml, sonst ./pforte.toml"}},
    {.name = "--json",
     .value = kNoValue,
     .tells = {"one JSON document on standard output", "ein JSON-Dokument auf der Standardausgabe"}},
    {.name = "--lang",
     .value = {"de|en", "de|en"},
     .tells = {"default from LC_ALL, LC_MESSAGES, LANG", "Vorgabe aus LC_ALL, LC_MESSAGES, LANG"}},
    {.name = "--color",
     .value = {"auto|always|never", "auto|always|never"},
     .tells = {"auto: on a terminal", "auto: auf einem Terminal"}},
    {.name = "--version", .value = kNoValue, .tells = {"print the version", "die Version ausgeben"}},
    {.name = "--help", .value = kNoValue, .tells = {"print help", "Hilfe ausgeben"}},
});

constexpr OptionSpec kName = {
    .name = "--name", .value = {"NAME", "NAME"}, .tells = {"as others call them", "wie andere sie oder ihn nennen"}};
constexpr OptionSpec kMail = {
    .name = "--mail", .value = {"ADDRESS", "ADRESSE"}, .tells = {"mail address", "Mailadresse"}};
constexpr OptionSpec kPasswordFile = {
    .name = "--password-file",
    .value = {"FILE", "DATEI"},
    .tells = {"the password is its first line; - asks for it", "das Passwort ist ihre erste Zeile; - fragt danach"}};

constexpr std::array kCheckOptions = std::to_array<OptionSpec>({
    {.name = "--compare",
     .value = {"FILE", "DATEI"},
     .tells = {"what pforte check --json printed on another node",
               "was pforte check --json auf einem anderen Knoten gab"}},
});

constexpr std::array kAddOptions = std::to_array<OptionSpec>({
    kName,
    kMail,
    {.name = "--principal",
     .value = {"P@REALM", "P@REALM"},
     .tells = {"Kerberos name, exactly; may be repeated", "Kerberos-Name, genau; mehrfach möglich"},
     .repeats = true},
    {.name = "--groups",
     .value = {"A,B", "A,B"},
     .tells = {"groups; may be repeated", "Gruppen; mehrfach möglich"},
     .repeats = true},
    kPasswordFile,
});

constexpr std::array kSetOptions = std::to_array<OptionSpec>({
    {.name = "--login", .value = kLogin, .tells = {"a new login", "ein neuer Anmeldename"}},
    kName,
    kMail,
    {.name = "--principal",
     .value = {"P@REALM", "P@REALM"},
     .tells = {"instead of all they had; \"\" for none", "anstelle aller bisherigen; \"\" für keinen"},
     .repeats = true},
    {.name = "--add-principal", .value = {"P@REALM", "P@REALM"}, .tells = {"one more", "einer mehr"}, .repeats = true},
    {.name = "--remove-principal",
     .value = {"P@REALM", "P@REALM"},
     .tells = {"one less", "einer weniger"},
     .repeats = true},
    {.name = "--groups",
     .value = {"A,B", "A,B"},
     .tells = {"instead of all they were in; \"\" for none", "anstelle aller bisherigen; \"\" für keine"},
     .repeats = true},
    {.name = "--add-groups", .value = {"A,B", "A,B"}, .tells = {"in these too", "auch in diesen"}, .repeats = true},
    {.name = "--remove-groups",
     .value = {"A,B", "A,B"},
     .tells = {"no longer in these", "nicht mehr in diesen"},
     .repeats = true},
});

constexpr std::array kPasswdOptions = std::to_array<OptionSpec>({
    kPasswordFile,
    {.name = "--none", .value = kNoValue, .tells = {"no password from now on", "von jetzt an kein Passwort"}},
});

constexpr std::array kTokenOptions = std::to_array<OptionSpec>({
    {.name = "--label", .value = {"TEXT", "TEXT"}, .tells = {"what it is for", "wofür es ist"}},
    {.name = "--expires",
     .value = {"90d", "90d"},
     .tells = {"how long it is good for; default: for ever", "wie lange es gilt; Vorgabe: für immer"}},
});

constexpr OptionSpec kOfAgent = {
    .name = "--agent", .value = kLogin, .tells = {"those of one agent", "die eines Bearbeiters"}};
constexpr std::array kSessionListOptions = {kOfAgent};
constexpr std::array kSessionEndOptions = std::to_array<OptionSpec>({
    kOfAgent,
    {.name = "--all", .value = kNoValue, .tells = {"those of everybody", "die von allen"}},
});

constexpr OptionSpec kUntrusted = {.name = "--untrusted",
                                   .value = {"FILE", "DATEI"},
                                   .tells = {"further certificates that may help; may be repeated",
                                             "weitere Zertifikate, die helfen können; mehrfach möglich"},
                                   .repeats = true};
constexpr OptionSpec kTrusted = {
    .name = "--trust",
    .value = {"STORE", "SPEICHER"},
    .tells = {"what is trusted: PEM, DER, folder, PKCS#12, JKS, or system; may be repeated",
              "was vertraut ist: PEM, DER, Ordner, PKCS#12, JKS oder system; mehrfach möglich"},
    .repeats = true};
constexpr OptionSpec kTrustPassword = {
    .name = "--trust-password-file",
    .value = {"FILE", "DATEI"},
    .tells = {"the stores' password is its first line", "das Passwort der Vertrauensspeicher ist ihre erste Zeile"}};
constexpr OptionSpec kPeerName = {
    .name = "--name",
    .value = {"dns:HOST|ip:ADDR|email:ADDR", "dns:HOST|ip:ADR|email:ADR"},
    .tells = {"a name it must have; may be repeated", "ein Name, den es haben muss; mehrfach möglich"},
    .repeats = true};
constexpr OptionSpec kPurpose = {
    .name = "--purpose",
    .value = {"server|client|email|any", "server|client|email|any"},
    .tells = {"what it is used for; default server", "wofür es verwendet wird; Vorgabe server"}};
constexpr OptionSpec kAt = {
    .name = "--at",
    .value = {"RFC3339", "RFC3339"},
    .tells = {"the time to judge by; default now", "die Zeit, für die es gelten soll; Vorgabe jetzt"}};
constexpr OptionSpec kClientOption = {
    .name = "--as",
    .value = {"browser,app,java,openssl", "browser,app,java,openssl"},
    .tells = {"what these clients make of it, and say", "was diese Clients davon halten, und was sie sagen"}};
constexpr Phrase kProfileWords = {"rfc5280|webpki|browser|app|java", "rfc5280|webpki|browser|app|java"};
constexpr std::array kRenewOptions = std::to_array<OptionSpec>({
    {.name = "--all",
     .value = kNoValue,
     .tells = {"those of all hosts, as without NAME", "die von allen Hosts, wie ohne NAME"}},
    {.name = "--force",
     .value = kNoValue,
     .tells = {"also those that are good for longer", "auch die, die noch länger gelten"}},
});

constexpr std::array kVerifyOptions = std::to_array<OptionSpec>({
    {.name = "--chain",
     .value = {"FILE", "DATEI"},
     .tells = {"the peer's certificate, then the intermediates it sent",
               "das Zertifikat der Gegenstelle, dann die Zwischenzertifikate, die sie sandte"}},
    kUntrusted,
    kTrusted,
    kTrustPassword,
    {.name = "--crl",
     .value = {"FILE", "DATEI"},
     .tells = {"revocation lists; may be repeated", "Sperrlisten; mehrfach möglich"},
     .repeats = true},
    {.name = "--ocsp",
     .value = {"FILE", "DATEI"},
     .tells = {"OCSP responses in DER; may be repeated", "OCSP-Antworten in DER; mehrfach möglich"},
     .repeats = true},
    kPeerName,
    kPurpose,
    kAt,
    {.name = "--max-depth",
     .value = {"N", "N"},
     .tells = {"intermediates between it and what is trusted; default 32",
               "Zwischenzertifikate bis zum vertrauten; Vorgabe 32"}},
    {.name = "--profile",
     .value = kProfileWords,
     .tells = {"by whose rules; default rfc5280", "nach wessen Regeln; Vorgabe rfc5280"}},
    kClientOption,
});
constexpr std::array kCertShowOptions = std::to_array<OptionSpec>({
    kClientOption,
    kPeerName,
    kUntrusted,
    kTrusted,
    kTrustPassword,
    kPurpose,
    kAt,
    {.name = "--profile",
     .value = kProfileWords,
     .tells = {"by whose rules; default browser", "nach wessen Regeln; Vorgabe browser"}},
});
constexpr OptionSpec kStorePassword = {.name = "--password-file",
                                       .value = {"FILE", "DATEI"},
                                       .tells = {"the store's password is its first line; - asks for it",
                                                 "das Passwort des Speichers ist ihre erste Zeile; - fragt danach"}};
constexpr OptionSpec kAlias = {.name = "--alias",
                               .value = {"NAME", "NAME"},
                               .tells = {"what the certificate is called in it", "wie das Zertifikat darin heißt"}};
constexpr std::array kTrustOptions = {kStorePassword};
constexpr OptionSpec kDuplicates = {.name = "--duplicates",
                                    .tells = {"what is there already further up, certificate for certificate",
                                              "was weiter oben schon steht, Zertifikat für Zertifikat"}};
constexpr std::array kTrustRemoveOptions = {kAlias, kDuplicates, kStorePassword};
constexpr std::array kTrustAddOptions = std::to_array<OptionSpec>({
    kAlias,
    kStorePassword,
    {.name = "--form",
     .value = {"pem|dir|pkcs12|jks", "pem|dir|pkcs12|jks"},
     .tells = {"of a new store; default: by its name", "eines neuen Speichers; Vorgabe: nach seinem Namen"}},
});
constexpr std::array kTrustDiffOptions = std::to_array<OptionSpec>({
    {.name = "--password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"for both; given twice, for the first and the second",
               "für beide; zweimal: für den ersten und den zweiten"},
     .repeats = true},
});
constexpr Phrase kStore = {"STORE", "SPEICHER"};
constexpr Phrase kMoreOnForms = {"STORE is a file or directory (PEM, DER, PKCS#12, JKS), or system.\n",
                                 "SPEICHER ist eine Datei oder ein Ordner (PEM, DER, PKCS#12, JKS) oder system.\n"};

constexpr std::array kGroups = std::to_array<GroupSpec>({
    {"agent", {"who may sign in", "wer sich anmelden darf"}},
    {"service", {"ways to sign in: stop them, start them", "Wege der Anmeldung: anhalten, starten"}},
    {"backend", {"the servers behind the gate: list, drain", "die Server hinter dem Tor: auflisten, ausleiten"}},
    {"session", {"who is signed in: list, end", "wer angemeldet ist: auflisten, beenden"}},
    {"cache", {"answers that are kept: show, take out", "aufbewahrte Antworten: ansehen, wegnehmen"}},
    {"cert",
     {"certificates: show, judge, keep, issue, revoke them",
      "Zertifikate: ansehen, beurteilen, aufbewahren, ausstellen, sperren"}},
    {"ca", {"the company CA: make it, keep it", "die Firmen-CA: machen, pflegen"}},
    {"trust", {"trust stores: look into them, change them", "Vertrauensspeicher: ansehen, ändern"}},
    {"keytab", {"keytabs: look into them, make them, judge them", "Keytabs: ansehen, machen, beurteilen"}},
});

constexpr std::array kCommands = std::to_array<CommandSpec>({
    {.command = Command::Serve,
     .word = "serve",
     .summary = {"run the gate in the foreground", "das Tor im Vordergrund betreiben"},
     .more =
         {"SIGHUP and `pforte reload` take over the configuration and certificates anew without\n"
          "losing a connection; when the new ones are invalid, nothing changes. SIGTERM drains, then stops.\n",
          "SIGHUP und `pforte reload` übernehmen Konfiguration und Zertifikate neu, ohne eine Verbindung\n"
          "zu verlieren; sind die neuen ungültig, ändert sich nichts. SIGTERM lässt auslaufen und beendet dann.\n"}},
    {.command = Command::Check,
     .word = "check",
     .summary = {"judge the configuration and everything it names",
                 "die Konfiguration und alles, was sie nennt, beurteilen"},
     .more =
         {"All problems are reported at once.\n\n"
          "Exit status: 0 it holds; 1 something it names does not hold, or a node differs; 2 the configuration itself "
          "is wrong or unreadable.\n",
          "Alle Probleme werden auf einmal gemeldet.\n\n"
          "Rückgabewert: 0 es stimmt; 1 etwas Genanntes stimmt nicht, oder ein Knoten ist anders; 2 die "
          "Konfiguration selbst ist falsch oder unlesbar.\n"},
     .options = kCheckOptions},
    {.command = Command::Status,
     .word = "status",
     .summary = {"show what runs, its sites and backends", "zeigen, was läuft, mit Sites und Backends"}},
    {.command = Command::Reload,
     .word = "reload",
     .summary = {"let the running gate take over its configuration anew",
                 "das laufende Tor seine Konfiguration neu übernehmen lassen"},
     .more = {"It says what was wrong with it, and then nothing changes.\n",
              "Es sagt, was daran falsch war, und dann ändert sich nichts.\n"}},
    {.command = Command::Explain,
     .word = "explain",
     .operand = {"ID", "ID"},
     .needs_operand = true,
     .summary = {"tell how the sign-in of a request went, step by step",
                 "sagen, wie die Anmeldung einer Anfrage verlief, Schritt für Schritt"},
     .more =
         {"ID is the reference of the request: on its error page, in the field Pforte-Reference of its answer,\n"
          "in the access log and in the events sign-in.done and sign-in.failed.\n\n"
          "Exit status: 0 it is told, or that the request had no sign-in; 1 the gate does not know it (any more).\n",
          "ID ist die Referenz der Anfrage: auf ihrer Fehlerseite, im Feld Pforte-Reference der Antwort,\n"
          "im Zugriffsprotokoll und in den Ereignissen sign-in.done und sign-in.failed.\n\n"
          "Rückgabewert: 0 es wird gesagt, oder dass die Anfrage keine Anmeldung hatte; 1 das Tor kennt sie nicht "
          "(mehr).\n"}},
    kDoctorCommand,
    kCaptureCommand,
    {.command = Command::Demo,
     .word = "demo",
     .summary = {"run gate and application on loopback, without a configuration",
                 "Tor und Anwendung auf Loopback betreiben, ohne Konfiguration"},
     .more =
         {"It has a CA of its own, in a folder that is thrown away. Its ports on loopback are 8443, 8080 and 8444, so\n"
          "there can be one at a time. Ctrl-C, or kill, ends it.\n",
          "Mit eigener CA, in einem Wegwerf-Ordner. Ihre Ports auf Loopback sind 8443, 8080 und 8444, daher kann es\n"
          "nur eine geben. Strg-C oder kill beendet sie.\n"}},
    {.command = Command::AgentAdd,
     .group = "agent",
     .word = "add",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"add an agent", "einen Bearbeiter anlegen"},
     .more = {"Without --password-file the agent has no password of ours; `pforte agent passwd` gives one.\n",
              "Ohne --password-file hat der Bearbeiter hier kein Passwort; `pforte agent passwd` gibt ihm eines.\n"},
     .options = kAddOptions},
    {.command = Command::AgentList,
     .group = "agent",
     .word = "list",
     .summary = {"list all agents, in order of login", "alle Bearbeiter auflisten, nach Anmeldenamen"}},
    {.command = Command::AgentShow,
     .group = "agent",
     .word = "show",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"show an agent", "einen Bearbeiter zeigen"}},
    {.command = Command::AgentSet,
     .group = "agent",
     .word = "set",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"change an agent; what is not given stays", "einen Bearbeiter ändern; nicht Genanntes bleibt"},
     .options = kSetOptions},
    {.command = Command::AgentPasswd,
     .group = "agent",
     .word = "passwd",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"give an agent a new password", "einem Bearbeiter ein neues Passwort geben"},
     .more = {"Asks for it twice on the terminal; if standard input is no terminal, it is one line of that.\n"
              "The agent's sessions end.\n",
              "Fragt auf dem Terminal zweimal danach; ist die Standardeingabe kein Terminal, ist es eine Zeile davon.\n"
              "Die Sitzungen des Bearbeiters enden.\n"},
     .options = kPasswdOptions},
    {.command = Command::AgentToken,
     .group = "agent",
     .word = "token",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"make a token by which a program signs in as an agent",
                 "ein Token ausstellen, mit dem sich ein Programm als Bearbeiter anmeldet"},
     .more = {"It is printed this one time; the store keeps only its digest.\n",
              "Es wird nur dieses eine Mal ausgegeben; aufbewahrt wird nur sein Hash.\n"},
     .options = kTokenOptions},
    {.command = Command::AgentEnable,
     .group = "agent",
     .word = "enable",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"let an agent sign in again", "einen Bearbeiter wieder zulassen"}},
    {.command = Command::AgentDisable,
     .group = "agent",
     .word = "disable",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"keep an agent out; their sessions end", "einen Bearbeiter aussperren; seine Sitzungen enden"}},
    {.command = Command::AgentRemove,
     .group = "agent",
     .word = "remove",
     .operand = kLogin,
     .needs_operand = true,
     .summary = {"remove an agent for good; their sessions end",
                 "einen Bearbeiter endgültig löschen; seine Sitzungen enden"}},
    {.command = Command::AgentImport,
     .group = "agent",
     .word = "import",
     .operand = {"FILE", "DATEI"},
     .needs_operand = true,
     .summary = {"add the agents of a CSV file, all or none",
                 "die Bearbeiter einer CSV-Datei anlegen, alle oder keinen"},
     .more =
         {"UTF-8, with a header line: login,name,mail,principals,groups in any order; only login is needed. Columns\n"
          "are separated by , or by ; as the header does. Several principals or groups in a cell: by ; | or ,\n"
          "A cell in which the columns' separator stands is written in double quotes. FILE - is standard input.\n",
          "UTF-8, mit Kopfzeile: login,name,mail,principals,groups in beliebiger Folge; nur login muss sein. Spalten\n"
          "trennt , oder ; wie in der Kopfzeile. Mehrere Principals oder Gruppen in einer Zelle trennt ; | oder ,\n"
          "Eine Zelle mit dem Trennzeichen der Spalten steht in Anführungszeichen. DATEI - ist die "
          "Standardeingabe.\n"}},
    {.command = Command::AgentMap,
     .group = "agent",
     .word = "map",
     .operand = {"P@REALM", "P@REALM"},
     .needs_operand = true,
     .summary = {"tell who a Kerberos principal would be, and why",
                 "sagen, wer ein Kerberos-Principal wäre, und warum"},
     .more = {"Exit status: 0 somebody; 1 nobody, or nobody who may sign in.\n",
              "Rückgabewert: 0 jemand; 1 niemand, oder niemand, der sich anmelden darf.\n"}},
    {.command = Command::ServiceList,
     .group = "service",
     .word = "list",
     .summary = {"list the services and whether they run", "die Dienste auflisten, und ob sie laufen"}},
    {.command = Command::ServiceStart,
     .group = "service",
     .word = "start",
     .operand = {"NAME", "NAME"},
     .needs_operand = true,
     .summary = {"start a service", "einen Dienst starten"}},
    {.command = Command::ServiceStop,
     .group = "service",
     .word = "stop",
     .operand = {"NAME", "NAME"},
     .needs_operand = true,
     .summary = {"stop a service, until it is started again", "einen Dienst anhalten, bis er wieder gestartet wird"},
     .more = {"In force at once, also over a restart. Sessions that have begun go on.\n",
              "Gilt sofort, auch über einen Neustart hinweg. Begonnene Sitzungen laufen weiter.\n"}},
    kBackendListCommand,
    kBackendDrainCommand,
    kBackendUndrainCommand,
    {.command = Command::SessionList,
     .group = "session",
     .word = "list",
     .summary = {"list the sessions, the newest first", "die Sitzungen auflisten, die neueste zuerst"},
     .options = kSessionListOptions},
    {.command = Command::SessionEnd,
     .group = "session",
     .word = "end",
     .operand = {"ID", "ID"},
     .operand_is_id = true,
     .summary = {"end one session, an agent's, or all", "eine Sitzung beenden, die eines Bearbeiters oder alle"},
     .options = kSessionEndOptions},
    {.command = Command::CacheShow,
     .group = "cache",
     .word = "show",
     .summary = {"tell how much the cache of answers holds", "sagen, wie viel der Cache der Antworten hält"}},
    {.command = Command::CachePurge,
     .group = "cache",
     .word = "purge",
     .operand = {"SITE", "SITE"},
     .second_operand = {"PATH", "PFAD"},
     .summary = {"take answers out of the cache", "Antworten aus dem Cache nehmen"},
     .more = {"Of all sites, of the site with that host, or of it those whose path begins so.\n",
              "Aller Sites, der Site mit diesem Host oder davon jene, deren Pfad so beginnt.\n"}},
    {.command = Command::CertShow,
     .group = "cert",
     .word = "show",
     .operand = {"FILE", "DATEI"},
     .needs_operand = true,
     .summary = {"show what certificates say, and what is wrong with them by themselves",
                 "zeigen, was Zertifikate sagen und was an ihnen selbst nicht stimmt"},
     .more = {"FILE holds one certificate or several, in PEM or DER. With --as and without --trust, the authorities on "
              "top\nof it count as trusted. Exit status: 1 when a client of --as refuses it.\n",
              "DATEI enthält ein oder mehrere Zertifikate, in PEM oder DER. Mit --as und ohne --trust gelten die CAs "
              "ganz\noben darin als vertraut. Rückgabewert: 1, wenn ein Client von --as es ablehnt.\n"},
     .options = kCertShowOptions},
    {.command = Command::CertVerify,
     .group = "cert",
     .word = "verify",
     .summary = {"judge whether a certificate is trusted, and say why",
                 "beurteilen, ob ein Zertifikat vertraut ist, und warum"},
     .more =
         {"With --crl every certificate below the trusted one must be told of by a list, with --ocsp the peer's by a "
          "response.\n\n"
          "Exit status: 0 trusted; 1 not trusted, or a client of --as refuses it; 2 something is unreadable.\n",
          "Mit --crl muss eine Liste über jedes Zertifikat unter dem vertrauten Auskunft geben, mit --ocsp eine "
          "Antwort "
          "über das der Gegenstelle.\n\n"
          "Rückgabewert: 0 vertrauenswürdig; 1 nicht vertrauenswürdig, oder ein Client von --as lehnt es ab; 2 etwas "
          "ist unlesbar.\n"},
     .options = kVerifyOptions},
    {.command = Command::CertRenew,
     .group = "cert",
     .word = "renew",
     .operand = {"NAME", "NAME"},
     .summary = {"obtain certificates by ACME that are due or have failed",
                 "über ACME die Zertifikate holen, die fällig oder gescheitert sind"},
     .more = {"The running gate does it, and shows them at once. NAME is a host; without it all are meant.\n\n"
              "Exit status: 0 done, or nothing to do; 1 one could not be had; 3 no gate is running.\n",
              "Das laufende Tor tut es und zeigt sie sofort. NAME ist ein Host; ohne ihn sind alle gemeint.\n\n"
              "Rückgabewert: 0 erledigt oder nichts zu tun; 1 eines war nicht zu bekommen; 3 es läuft kein Tor.\n"},
     .options = kRenewOptions},
    kCertListCommand,
    kCertImportCommand,
    kCertExportCommand,
    kCertRemoveCommand,
    kCertIssue,
    kCertCsr,
    kCertRevoke,
    kCaInit,
    kCaShow,
    kCaList,
    kCaSignIntermediate,
    kCaImport,
    kCaCrl,
    kCaExport,
    {.command = Command::TrustList,
     .group = "trust",
     .word = "list",
     .operand = kStore,
     .needs_operand = true,
     .summary = {"list the certificates of a trust store", "die Zertifikate eines Vertrauensspeichers auflisten"},
     .more = kMoreOnForms,
     .options = kTrustOptions},
    {.command = Command::TrustShow,
     .group = "trust",
     .word = "show",
     .operand = kStore,
     .needs_operand = true,
     .second_operand = {"CERTIFICATE", "ZERTIFIKAT"},
     .summary = {"show certificates of a trust store in full", "Zertifikate eines Vertrauensspeichers ganz zeigen"},
     .more = {"CERTIFICATE is an alias or the beginning of a SHA-256; without it, all are shown.\n",
              "ZERTIFIKAT ist ein Alias oder der Anfang eines SHA-256; ohne werden alle gezeigt.\n"},
     .options = kTrustOptions},
    {.command = Command::TrustAdd,
     .group = "trust",
     .word = "add",
     .operand = kStore,
     .needs_operand = true,
     .second_operand = {"FILE", "DATEI"},
     .needs_second = true,
     .summary = {"add certificates to a trust store, or make one",
                 "Zertifikate aufnehmen, oder einen Vertrauensspeicher anlegen"},
     .more = {"FILE holds one certificate or several, in PEM or DER. STORE as it was is in STORE.bak then.\n",
              "DATEI enthält ein oder mehrere Zertifikate, in PEM oder DER. SPEICHER, wie er war, ist dann in "
              "SPEICHER.bak.\n"},
     .options = kTrustAddOptions},
    {.command = Command::TrustRemove,
     .group = "trust",
     .word = "remove",
     .operand = kStore,
     .needs_operand = true,
     .second_operand = {"CERTIFICATE", "ZERTIFIKAT"},
     .summary = {"remove a certificate from a trust store", "ein Zertifikat aus einem Vertrauensspeicher entfernen"},
     .more = {"CERTIFICATE is an alias or the beginning of a SHA-256. STORE as it was is in STORE.bak then.\n",
              "ZERTIFIKAT ist ein Alias oder der Anfang eines SHA-256. SPEICHER, wie er war, ist dann in "
              "SPEICHER.bak.\n"},
     .options = kTrustRemoveOptions},
    {.command = Command::TrustDiff,
     .group = "trust",
     .word = "diff",
     .operand = {"STORE1", "SPEICHER1"},
     .needs_operand = true,
     .second_operand = {"STORE2", "SPEICHER2"},
     .needs_second = true,
     .summary = {"tell how two trust stores differ", "sagen, worin sich zwei Vertrauensspeicher unterscheiden"},
     .more = {"Exit status: 0 both trust the same; 1 they differ.\n",
              "Rückgabewert: 0 beide vertrauen denselben; 1 sie unterscheiden sich.\n"},
     .options = kTrustDiffOptions},
    {.command = Command::TrustLint,
     .group = "trust",
     .word = "lint",
     .operand = kStore,
     .needs_operand = true,
     .summary = {"tell what is wrong with a trust store", "sagen, was an einem Vertrauensspeicher nicht stimmt"},
     .more = {"Exit status: 0 nothing, or warnings alone; 1 something does not work or is not safe.\n",
              "Rückgabewert: 0 nichts, oder nur Warnungen; 1 etwas geht nicht oder ist nicht sicher.\n"},
     .options = kTrustOptions},
    kKeytabShowCommand,
    kKeytabCreateCommand,
    kKeytabMergeCommand,
    kKeytabCheckCommand,
});

constexpr auto kLaterCommands = std::to_array<std::string_view>({"trace", "import"});

}  // namespace

std::string CommandSpec::name() const {
  return group.empty() ? std::string(word) : cat(group, ' ', word);
}

std::span<const CommandSpec> command_specs() {
  return kCommands;
}

std::span<const GroupSpec> group_specs() {
  return kGroups;
}

std::span<const OptionSpec> global_options() {
  return kGlobalOptions;
}

std::span<const std::string_view> later_commands() {
  return kLaterCommands;
}

const CommandSpec& spec_of(Command command) {
  return *std::ranges::find(kCommands, command, &CommandSpec::command);
}

}  // namespace pforte::app
