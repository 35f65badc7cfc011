#pragma once

#include <array>

#include "app/command_table.h"

// The part of the command table about captures.

namespace pforte::app {

inline constexpr std::array kCaptureOptions = std::to_array<OptionSpec>({
    {.name = "--for",
     .value = {"60s", "60s"},
     .tells = {"how long it lasts, 15min at most", "wie lange es dauert, höchstens 15min"}},
    {.name = "-o",
     .value = {"FILE", "DATEI"},
     .tells = {"a new file to write, pcapng; - is standard output",
               "eine neue Datei, pcapng; - ist die Standardausgabe"}},
    {.name = "--client",
     .value = {"IP|NETWORK", "IP|NETZ"},
     .tells = {"connections of this client, or of a network", "Verbindungen dieses Clients oder eines Netzes"}},
    {.name = "--site",
     .value = {"HOST", "HOST"},
     .tells = {"connections to the site with this host", "Verbindungen zur Site mit diesem Host"}},
    {.name = "--all", .tells = {"connections of everybody", "Verbindungen von allen"}},
    {.name = "--limit",
     .value = {"SIZE", "GRÖSSE"},
     .tells = {"how large the file may be; default 64MiB", "wie groß die Datei werden darf; Vorgabe 64MiB"}},
    {.name = "--no-secrets",
     .tells = {"without the keys of TLS: what is sealed stays so",
               "ohne die Schlüssel von TLS: Verschlüsseltes bleibt es"}},
});

inline constexpr CommandSpec kCaptureCommand = {
    .command = Command::Capture,
    .word = "capture",
    .summary = {"capture what a client and the gate say to each other, for Wireshark",
                "aufzeichnen, was ein Client und das Tor sagen, für Wireshark"},
    .more =
        {"The running gate captures the connections that begin from now on at its own sockets, and puts the keys of\n"
         "TLS into the file, so that Wireshark shows them decrypted. One at a time; the log tells of it.\n"
         "Ctrl-C ends it early.\n\n"
         "Exit status: 0 done; 2 it cannot be asked for so; 3 no gate answers, another capture is under way, the\n"
         "file cannot be written, or the gate was stopped before the end.\n",
         "Das laufende Tor zeichnet die Verbindungen, die von nun an beginnen, an seinen eigenen Sockets auf und\n"
         "legt die Schlüssel von TLS in die Datei, so dass Wireshark sie entschlüsselt zeigt. Eine auf einmal;\n"
         "das Protokoll hält sie fest. Strg-C beendet sie vorzeitig.\n\n"
         "Rückgabewert: 0 erledigt; 2 so nicht zu verlangen; 3 es antwortet kein Tor, eine andere Aufzeichnung\n"
         "läuft, die Datei lässt sich nicht schreiben, oder das Tor wurde vor dem Ende beendet.\n"},
    .options = kCaptureOptions};

}  // namespace pforte::app
