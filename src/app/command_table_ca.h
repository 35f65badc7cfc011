#pragma once

#include <array>

#include "app/command_table.h"

// The part of the command table about the company CA.

namespace pforte::app {

inline constexpr OptionSpec kCaFolder = {.name = "--folder",
                                         .value = {"FOLDER", "ORDNER"},
                                         .tells = {"of the CA; default STATE_DIR/ca", "der CA; Vorgabe STATE_DIR/ca"}};
inline constexpr OptionSpec kCaPassword = {
    .name = "--password-file",
    .value = {"FILE", "DATEI"},
    .tells = {"opens the intermediate's key; default [ca] key_password_file, else it is asked for",
              "öffnet den Schlüssel des Zwischenzertifikats; Vorgabe [ca] key_password_file, sonst wird gefragt"}};
inline constexpr OptionSpec kRootPassword = {.name = "--root-password-file",
                                             .value = {"FILE", "DATEI"},
                                             .tells = {"the same for the root's key; default: it is asked for",
                                                       "dasselbe für den Schlüssel der Wurzel; Vorgabe: es wird "
                                                       "gefragt"}};
inline constexpr OptionSpec kRootKey = {
    .name = "--root-key",
    .value = {"FILE", "DATEI"},
    .tells = {"where it was moved; default FOLDER/root.key", "wohin er verschoben wurde; Vorgabe ORDNER/root.key"}};
inline constexpr OptionSpec kPermit = {
    .name = "--permit",
    .value = {"NAME,NAME", "NAME,NAME"},
    .tells = {"domains and networks it may issue for, and no others; may be repeated",
              "Domänen und Netze, für die sie ausstellen darf, und keine anderen; mehrfach möglich"},
    .repeats = true};
inline constexpr OptionSpec kExclude = {
    .name = "--exclude",
    .value = {"NAME,NAME", "NAME,NAME"},
    .tells = {"those it may not issue for; may be repeated", "die, für die sie nicht darf; mehrfach möglich"},
    .repeats = true};
inline constexpr OptionSpec kKeyType = {
    .name = "--key-type",
    .value = {"ec-p256|ec-p384|rsa-2048|rsa-3072|rsa-4096", "ec-p256|ec-p384|rsa-2048|rsa-3072|rsa-4096"},
    .tells = {"default ec-p256", "Vorgabe ec-p256"}};
inline constexpr OptionSpec kCaOut = {.name = "--out",
                                      .value = {"FILE", "DATEI"},
                                      .tells = {"where the result goes; default, and -: standard output",
                                                "wohin das Ergebnis geht; Vorgabe, und -: Standardausgabe"}};

inline constexpr OptionSpec kCaUrl = {.name = "--url",
                                      .value = {"URL", "URL"},
                                      .tells = {"where clients will find the root's list; default: url in [ca]",
                                                "wo Clients die Liste der Wurzel finden werden; Vorgabe: url in [ca]"}};

inline constexpr std::array kCaInitOptions = std::to_array<OptionSpec>({
    {.name = "--name", .value = {"NAME", "NAME"}, .tells = {"of the company", "der Firma"}},
    kPermit,
    kExclude,
    kKeyType,
    {.name = "--root-only",
     .value = {},
     .tells = {"the root alone, on a machine that stays offline", "nur die Wurzel, auf einem Rechner ohne Netz"}},
    {.name = "--intermediate-only",
     .value = {},
     .tells = {"a key and a request for ca sign-intermediate; again: to renew it",
               "Schlüssel und Antrag für ca sign-intermediate; noch einmal: zum Erneuern"}},
    kCaUrl,
    kCaPassword,
    kRootPassword,
    kCaFolder,
});
inline constexpr std::array kCaShowOptions = {kCaFolder};
inline constexpr std::array kCaSignOptions = {kCaOut, kCaUrl, kPermit, kExclude, kRootKey, kRootPassword, kCaFolder};
inline constexpr std::array kCaImportOptions = {kCaPassword, kCaFolder};
inline constexpr std::array kCaCrlOptions = std::to_array<OptionSpec>({
    kCaOut,
    {.name = "--root",
     .value = {},
     .tells = {"renew the root's list instead; needs its key", "stattdessen die der Wurzel; braucht deren Schlüssel"}},
    kRootKey,
    kRootPassword,
    kCaPassword,
});

inline constexpr OptionSpec kIssueKey = {.name = "--key",
                                         .value = {"FILE", "DATEI"},
                                         .tells = {"where the new private key goes, for its owner alone",
                                                   "wohin der neue private Schlüssel geht, nur für "
                                                   "den Besitzer lesbar"}};
inline constexpr std::array kCertIssueOptions = std::to_array<OptionSpec>({
    {.name = "--csr",
     .value = {"FILE", "DATEI"},
     .tells = {"for this request (PKCS#10) instead of a new key",
               "für diesen Antrag (PKCS#10) statt eines neuen "
               "Schlüssels"}},
    {.name = "--profile",
     .value = {"server|client|server+client", "server|client|server+client"},
     .tells = {"what it is for; default server", "wofür es ist; Vorgabe server"}},
    {.name = "--days", .value = {"N", "N"}, .tells = {"default 90, clients 365", "Vorgabe 90, Clients 365"}},
    {.name = "--common-name",
     .value = {"TEXT", "TEXT"},
     .tells = {"of the subject; default the first name", "des Inhabers; Vorgabe der erste Name"}},
    {.name = "--owner",
     .value = {"TEXT", "TEXT"},
     .tells = {"who cares for it, for the inventory", "wer sich darum kümmert, für den Bestand"}},
    {.name = "--out",
     .value = {"FILE", "DATEI"},
     .tells = {"where the chain goes, - is standard output; it is in the inventory in any case",
               "wohin die Kette geht, - ist die Standardausgabe; im Bestand ist sie ohnehin"}},
    kIssueKey,
    kKeyType,
    kCaPassword,
});
inline constexpr std::array kCertCsrOptions = std::to_array<OptionSpec>({
    kIssueKey,
    {.name = "--organization",
     .value = {"NAME", "NAME"},
     .tells = {"of the subject; default: none", "des Inhabers; Vorgabe: keine"}},
    kKeyType,
    kCaOut,
});
inline constexpr std::array kCertRevokeOptions = std::to_array<OptionSpec>({
    {.name = "--reason",
     .value = {"REASON", "GRUND"},
     .tells = {"key-compromise, superseded, cessation-of-operation, affiliation-changed, privilege-withdrawn",
               "key-compromise, superseded, cessation-of-operation, affiliation-changed, privilege-withdrawn"}},
});

inline constexpr CommandSpec kCertIssue = {
    .command = Command::CertIssue,
    .group = "cert",
    .word = "issue",
    .operand = {"NAME", "NAME"},
    .operand_repeats = true,
    .summary = {"issue a certificate by the company CA", "mit der Firmen-CA ein Zertifikat ausstellen"},
    .more = {"NAME is a host, an address or a mail address. What nobody would trust is not issued.\n",
             "NAME ist ein Host, eine IP- oder eine Mailadresse. Was niemand für gültig hielte, wird nicht "
             "ausgestellt.\n"},
    .options = kCertIssueOptions};
inline constexpr CommandSpec kCertCsr = {
    .command = Command::CertCsr,
    .group = "cert",
    .word = "csr",
    .operand = {"NAME", "NAME"},
    .needs_operand = true,
    .operand_repeats = true,
    .summary = {"make a key and a request for another CA", "Schlüssel und Antrag für eine andere CA machen"},
    .more = {"A key that lies in --key already is used, for a renewal.\n",
             "Liegt in --key schon ein Schlüssel, wird er verwendet, zum Erneuern.\n"},
    .options = kCertCsrOptions};
inline constexpr CommandSpec kCertRevoke = {
    .command = Command::CertRevoke,
    .group = "cert",
    .word = "revoke",
    .operand = {"CERTIFICATE", "ZERTIFIKAT"},
    .needs_operand = true,
    .summary = {"revoke a certificate of the company CA", "ein Zertifikat der Firmen-CA sperren"},
    .more = {"CERTIFICATE is its serial number, 8 or more digits that begin it, or a name that no other has.\n"
             "There is no way back.\n",
             "ZERTIFIKAT ist die Seriennummer, mindestens 8 Stellen ihres Anfangs oder ein Name, den kein anderes "
             "hat.\nEs gibt kein Zurück.\n"},
    .options = kCertRevokeOptions};
inline constexpr CommandSpec kCaInit = {
    .command = Command::CaInit,
    .group = "ca",
    .word = "init",
    .summary = {"make a company CA: root and intermediate", "eine Firmen-CA machen: Wurzel und Zwischenzertifikat"},
    .more = {"Both keys are encrypted. FOLDER/root.key can be moved away afterwards: it is needed for a new\n"
             "intermediate alone.\n",
             "Beide Schlüssel sind verschlüsselt. ORDNER/root.key kann danach weggeschlossen werden: Gebraucht wird\n"
             "er nur für ein neues Zwischenzertifikat.\n"},
    .options = kCaInitOptions};
inline constexpr CommandSpec kCaShow = {
    .command = Command::CaShow,
    .group = "ca",
    .word = "show",
    .summary = {"show root and intermediate, and what is due", "Wurzel und Zwischenzertifikat zeigen und was ansteht"},
    .options = kCaShowOptions};
inline constexpr CommandSpec kCaList = {
    .command = Command::CaList,
    .group = "ca",
    .word = "list",
    .summary = {"list what was issued and revoked", "auflisten, was ausgestellt und gesperrt wurde"}};
inline constexpr CommandSpec kCaSignIntermediate = {
    .command = Command::CaSignIntermediate,
    .group = "ca",
    .word = "sign-intermediate",
    .operand = {"REQUEST", "ANTRAG"},
    .needs_operand = true,
    .summary = {"let the root sign an intermediate of another machine",
                "mit der Wurzel das Zwischenzertifikat eines anderen Rechners signieren"},
    .options = kCaSignOptions};
inline constexpr CommandSpec kCaImport = {
    .command = Command::CaImport,
    .group = "ca",
    .word = "import",
    .operand = {"FILE", "DATEI"},
    .needs_operand = true,
    .summary = {"take what ca sign-intermediate gave", "übernehmen, was ca sign-intermediate ausgegeben hat"},
    .options = kCaImportOptions};
inline constexpr CommandSpec kCaCrl = {
    .command = Command::CaCrl,
    .group = "ca",
    .word = "crl",
    .summary = {"give the revocation list that holds now", "die Sperrliste ausgeben, die jetzt gilt"},
    .options = kCaCrlOptions};

inline constexpr std::array kCaExportOptions = std::to_array<OptionSpec>({
    {.name = "--to", .value = {"FOLDER", "ORDNER"}, .tells = {"a new folder for it", "ein neuer Ordner dafür"}},
    {.name = "--root-certificate",
     .value = {"FILE", "DATEI"},
     .tells = {"for this root, of whatever authority", "für diese Wurzel, welcher CA auch immer"}},
    kCaFolder,
});
inline constexpr CommandSpec kCaExport = {
    .command = Command::CaExport,
    .group = "ca",
    .word = "export",
    .summary = {"write what lets clients trust the root", "schreiben, womit Clients der Wurzel vertrauen"},
    .more = {"For Windows, Firefox, macOS, iOS, Android, Linux and Java, with what to do in English and German.\n",
             "Für Windows, Firefox, macOS, iOS, Android, Linux und Java, mit einer Anleitung auf Deutsch und "
             "Englisch.\n"},
    .options = kCaExportOptions};

}  // namespace pforte::app
