#pragma once

#include <array>

#include "app/command_table.h"

// The part of the command table about keytabs.

namespace pforte::app {

inline constexpr Phrase kKeytabFile = {"FILE", "DATEI"};
inline constexpr OptionSpec kKeytabSalt = {
    .name = "--salt",
    .value = {"SALT", "SALZ"},
    .tells = {"what the KDC salts the password with; default realm and name, as MIT Kerberos",
              "womit das KDC das Passwort salzt; Vorgabe Realm und Name, wie bei MIT Kerberos"}};
inline constexpr OptionSpec kKeytabAccount = {
    .name = "--account",
    .value = {"user:NAME|upn:NAME|computer:NAME", "user:NAME|upn:NAME|computer:NAME"},
    .tells = {
        "the account in Active Directory, which tells the salt: by sAMAccountName, by userPrincipalName, or a "
        "computer",
        "das Konto im Active Directory, das das Salz bestimmt: mit sAMAccountName, mit userPrincipalName oder ein "
        "Computer"}};

inline constexpr OptionSpec kKeytabAskKdc = {
    .name = "--ask-kdc",
    .tells = {"take salt and encryptions from the KDC, and compare the version with it",
              "Salz und Verschlüsselungen vom KDC nehmen und die Version mit ihm vergleichen"}};
inline constexpr OptionSpec kKeytabKdc = {
    .name = "--kdc",
    .value = {"HOST:PORT", "HOST:PORT"},
    .tells = {"this one; default those of krb5.conf and DNS", "dieses; Vorgabe die aus krb5.conf und DNS"}};

inline constexpr std::array kKeytabCreateOptions = std::to_array<OptionSpec>({
    {.name = "--principal",
     .value = {"P@REALM", "P@REALM"},
     .tells = {"whose key it is; needed", "wessen Schlüssel es ist; nötig"},
     .repeats = true},
    {.name = "--kvno",
     .value = {"N", "N"},
     .tells = {"the key version at the KDC; default 1, or the next after those in the file",
               "die Schlüsselversion beim KDC; Vorgabe 1, oder die nächste nach denen in der Datei"}},
    {.name = "--encryption",
     .value = {"A,B", "A,B"},
     .tells = {"of aes256-sha1, aes128-sha1, aes256-sha2, aes128-sha2, rc4; default the first two",
               "aus aes256-sha1, aes128-sha1, aes256-sha2, aes128-sha2, rc4; Vorgabe die ersten zwei"}},
    kKeytabSalt,
    kKeytabAccount,
    kKeytabAskKdc,
    kKeytabKdc,
    {.name = "--password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"the password is its first line; without it, it is asked for",
               "das Passwort ist ihre erste Zeile; ohne sie wird danach gefragt"}},
});

inline constexpr std::array kKeytabMergeOptions = std::to_array<OptionSpec>({
    {.name = "--out",
     .value = {"FILE", "DATEI"},
     .tells = {"the file to write, a new one or one of those that are merged; needed",
               "die Zieldatei, eine neue oder eine der zusammengeführten; nötig"}},
});

inline constexpr std::array kKeytabCheckOptions = std::to_array<OptionSpec>({
    {.name = "--user",
     .value = {"NAME", "NAME"},
     .tells = {"who is to read it; default who runs this", "wer sie lesen soll; Vorgabe, wer dies aufruft"}},
    {.name = "--password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"whether the password in its first line makes these keys; - asks for it",
               "ob das Passwort in ihrer ersten Zeile diese Schlüssel ergibt; - fragt danach"}},
    kKeytabSalt,
    kKeytabAccount,
    kKeytabAskKdc,
    kKeytabKdc,
});

inline constexpr CommandSpec kKeytabShowCommand = {
    .command = Command::KeytabShow,
    .group = "keytab",
    .word = "show",
    .operand = kKeytabFile,
    .needs_operand = true,
    .summary = {"show whose keys a keytab has, never the keys",
                "zeigen, wessen Schlüssel eine Keytab hat, nie die "
                "Schlüssel"},
    .more = {"With which salt a key was made stands in no keytab; `pforte keytab check --password-file` finds it.\n",
             "Mit welchem Salz ein Schlüssel gemacht ist, steht in keiner Keytab; `pforte keytab check "
             "--password-file`\nfindet es.\n"}};

inline constexpr CommandSpec kKeytabCreateCommand = {
    .command = Command::KeytabCreate,
    .group = "keytab",
    .word = "create",
    .operand = kKeytabFile,
    .needs_operand = true,
    .summary = {"make a keytab from a password, or add a new key version to one",
                "eine Keytab aus einem Passwort machen, oder in eine die neue Schlüsselversion aufnehmen"},
    .more = {"Keys of other versions stay in FILE. It is replaced as a whole, and its owner alone can read a new one.\n"
             "What it prints last are the commands that do the same at the domain controller.\n",
             "Schlüssel anderer Versionen bleiben in DATEI. Sie wird als Ganzes ersetzt, und eine neue kann nur ihr\n"
             "Besitzer lesen. Zuletzt nennt es die Befehle, die am Domänencontroller dasselbe tun.\n"},
    .options = kKeytabCreateOptions};

inline constexpr CommandSpec kKeytabMergeCommand = {
    .command = Command::KeytabMerge,
    .group = "keytab",
    .word = "merge",
    .operand = kKeytabFile,
    .needs_operand = true,
    .operand_repeats = true,
    .summary = {"write the keys of several keytabs into one, each once, by name",
                "die Schlüssel mehrerer Keytabs in eine schreiben, jeden einmal, nach Namen"},
    .more = {"Different keys of the same principal, version and encryption are an error, and nothing is written.\n",
             "Verschiedene Schlüssel desselben Principals, derselben Version und Verschlüsselung sind ein Fehler, und\n"
             "nichts wird geschrieben.\n"},
    .options = kKeytabMergeOptions};

inline constexpr CommandSpec kKeytabCheckCommand = {
    .command = Command::KeytabCheck,
    .group = "keytab",
    .word = "check",
    .operand = kKeytabFile,
    .needs_operand = true,
    .summary = {"judge a keytab: form, rights, encryptions, versions, and whether a password makes its keys",
                "eine Keytab beurteilen: Form, Rechte, Verschlüsselungen, Versionen, und ob ein Passwort ihre "
                "Schlüssel ergibt"},
    .more = {"Exit status: 0 nothing, or warnings alone; 1 something does not work or is not safe; 2 unreadable.\n",
             "Rückgabewert: 0 nichts, oder nur Warnungen; 1 etwas geht nicht oder ist nicht sicher; 2 unlesbar.\n"},
    .options = kKeytabCheckOptions};

}  // namespace pforte::app
