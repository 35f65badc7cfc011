#pragma once

#include <array>

#include "app/command_table.h"

// The part of the command table about the inventory of certificates.

namespace pforte::app {

inline constexpr std::array kCertListOptions = std::to_array<OptionSpec>({
    {.name = "--expiring",
     .value = {"30d", "30d"},
     .tells = {"those alone that end within this time, or have ended",
               "nur die, die innerhalb dieser Zeit enden oder abgelaufen sind"}},
});

inline constexpr std::array kCertImportOptions = std::to_array<OptionSpec>({
    {.name = "--key",
     .value = {"FILE", "DATEI"},
     .tells = {"the private key, if it is in a file of its own",
               "der private Schlüssel, wenn er in eigener Datei ist"}},
    {.name = "--password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"the password of key or PKCS#12 is its first line; - asks for it",
               "das Passwort von Schlüssel oder PKCS#12 ist ihre erste Zeile; - fragt danach"}},
    {.name = "--owner",
     .value = {"NAME", "NAME"},
     .tells = {"who cares for it: a person, a department", "wer sich kümmert: eine Person, eine Abteilung"}},
});

inline constexpr std::array kCertExportOptions = std::to_array<OptionSpec>({
    {.name = "--form",
     .value = {"pem|der|p12|jks", "pem|der|p12|jks"},
     .tells = {"default pem; der is the certificate alone", "Vorgabe pem; der ist das Zertifikat allein"}},
    {.name = "--with-key",
     .value = {},
     .tells = {"with the private key, into a file that its owner alone can read",
               "mit dem privaten Schlüssel, in eine Datei, die nur ihr Besitzer lesen kann"}},
    {.name = "--out",
     .value = {"FILE", "DATEI"},
     .tells = {"the file to write, with a key a new one; - is standard output; needed",
               "die Zieldatei, mit Schlüssel eine neue; - ist die Standardausgabe; nötig"}},
    {.name = "--password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"encrypts key or store: its first line; - asks for it",
               "verschlüsselt Schlüssel oder Speicher: ihre erste Zeile; - fragt danach"}},
});

inline constexpr Phrase kCertId = {"ID", "ID"};
inline constexpr Phrase kMoreOnIds = {
    "ID is the beginning of the SHA-256, 8 digits or more, or a name of the certificate.\n",
    "ID ist der Anfang des SHA-256, 8 Stellen oder mehr, oder ein Name des Zertifikats.\n"};

inline constexpr CommandSpec kCertListCommand = {
    .command = Command::CertList,
    .group = "cert",
    .word = "list",
    .summary = {"list the certificates that are served, known or were seen",
                "die Zertifikate auflisten, die verwendet werden, bekannt sind oder gesehen wurden"},
    .options = kCertListOptions};

inline constexpr CommandSpec kCertImportCommand = {
    .command = Command::CertImport,
    .group = "cert",
    .word = "import",
    .operand = {"FILE", "DATEI"},
    .needs_operand = true,
    .operand_repeats = true,
    .summary = {"take a certificate into the inventory, with its key",
                "ein Zertifikat in den Bestand aufnehmen, mit seinem Schlüssel"},
    .more = {"FILE is PEM, DER or PKCS#12. The chain is completed from what is known; what is missing is said.\n"
             "Sites with certificate = \"auto\" show it at once if it fits.\n",
             "DATEI ist PEM, DER oder PKCS#12. Die Kette wird aus Bekanntem ergänzt; was fehlt, wird gesagt.\n"
             "Sites mit certificate = \"auto\" zeigen es sofort, wenn es passt.\n"},
    .options = kCertImportOptions};

inline constexpr CommandSpec kCertExportCommand = {
    .command = Command::CertExport,
    .group = "cert",
    .word = "export",
    .operand = kCertId,
    .needs_operand = true,
    .summary = {"write a certificate with its chain into a file",
                "ein Zertifikat mit seiner Kette in eine Datei schreiben"},
    .more = kMoreOnIds,
    .options = kCertExportOptions};

inline constexpr CommandSpec kCertRemoveCommand = {
    .command = Command::CertRemove,
    .group = "cert",
    .word = "remove",
    .operand = kCertId,
    .needs_operand = true,
    .summary = {"remove a certificate from the inventory, with its key",
                "ein Zertifikat aus dem Bestand entfernen, mit seinem Schlüssel"},
    .more = kMoreOnIds};

}  // namespace pforte::app
