#pragma once

#include <array>

#include "app/command_table.h"

// The part of the command table about examinations.

namespace pforte::app {

inline constexpr std::array kDoctorOptions = std::to_array<OptionSpec>({
    {.name = "--report",
     .value = {"FILE", "DATEI"},
     .tells = {"write what was found as one HTML page, without secrets, to hand it on",
               "den Befund als eine HTML-Seite schreiben, ohne Geheimnisse, zum Weitergeben"}},
    {.name = "--verbose",
     .tells = {"tell also what holds and what is merely noted",
               "auch nennen, was in Ordnung oder nur ein Hinweis ist"}},
    {.name = "--preset",
     .value = {"NAME", "NAME"},
     .tells = {"ask for each context path of an application: cursor-crm",
               "nach jedem Kontextpfad einer Anwendung fragen: cursor-crm"}},
    {.name = "--expect-issuer",
     .value = {"TEXT", "TEXT"},
     .tells = {"a part of the name of the CA that the server is known for, or a SHA-256 of its chain",
               "ein Teil des Namens der CA, die der Server bekanntermaßen hat, oder ein SHA-256 aus seiner Kette"}},
    {.name = "--for",
     .value = {"BROWSER[,BROWSER]...", "BROWSER[,BROWSER]..."},
     .tells = {"browser: for these alone: edge, chrome, firefox, ie, macos",
               "browser: nur für diese: edge, chrome, firefox, ie, macos"}},
    {.name = "--form",
     .value = {"FORM", "FORM"},
     .tells = {"browser: one file alone: registry, json, gpo, policies.json, plist, mobileconfig",
               "browser: eine Datei allein: registry, json, gpo, policies.json, plist, mobileconfig"}},
    {.name = "--out",
     .value = {"FILE", "DATEI"},
     .tells = {"sheet: one HTML page to print; - writes it to standard output",
               "sheet: eine HTML-Seite zum Drucken; - schreibt sie auf die Standardausgabe"}},
    {.name = "--since",
     .value = {"DURATION", "DAUER"},
     .tells = {"client: only what came in the last 1h, 2d, …", "client: nur was in den letzten 1h, 2d, … kam"}},
    {.name = "--via",
     .value = {"URL", "URL"},
     .tells = {"go through this proxy: http://[USER:PASSWORD@]HOST:PORT, https://...",
               "durch diesen Proxy gehen: http://[BENUTZER:PASSWORT@]RECHNER:PORT, https://..."}},
    {.name = "--via-password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"the first line is the proxy's password; - asks for it",
               "die erste Zeile ist das Passwort des Proxys; - fragt danach"}},
    {.name = "--dns",
     .value = {"ADDRESS", "ADRESSE"},
     .tells = {"compare what this name server says: 192.0.2.53, 192.0.2.53:5353",
               "vergleichen, was dieser Nameserver sagt: 192.0.2.53, 192.0.2.53:5353"}},
    {.name = "--timeout",
     .value = {"TIME", "DAUER"},
     .tells = {"longest wait for one answer, from 100ms to 60s; 5s if not given",
               "längste Wartezeit auf eine Antwort, von 100ms bis 60s; sonst 5s"}},
    {.name = "--trust",
     .value = {"STORE", "SPEICHER"},
     .tells = {"trust store that servers are judged by, else system and the company CA; may repeat",
               "Speicher, nach dem Server beurteilt werden, sonst system und die Firmen-CA; mehrfach möglich"},
     .repeats = true},
    {.name = "--as",
     .value = {"KIND[,KIND]...", "ART[,ART]..."},
     .tells = {"ask these clients alone: browser, app, java, openssl",
               "nur nach diesen Clients fragen: browser, app, java, openssl"}},
    {.name = "--trust-password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"the first line is the store's password; - asks for it",
               "die erste Zeile ist das Passwort des Speichers; - fragt danach"}},
    {.name = "--rc4",
     .tells = {"with kerberos: also who still depends on RC4, and how to leave it",
               "mit kerberos: auch, wer noch RC4 braucht und wie man davon loskommt"}},
    {.name = "--ldap",
     .value = {"URL", "URL"},
     .tells = {"the directory with the accounts of the services, instead of that of [ldap]",
               "das Verzeichnis mit den Konten der Dienste statt dem aus [ldap]"}},
    {.name = "--bind-dn", .value = {"DN", "DN"}, .tells = {"as whom it is asked", "als wer es gefragt wird"}},
    {.name = "--password-file",
     .value = {"FILE", "DATEI"},
     .tells = {"the first line is the password of --bind-dn", "die erste Zeile ist das Passwort zu --bind-dn"}},
});

inline constexpr CommandSpec kDoctorCommand = {
    .command = Command::Doctor,
    .word = "doctor",
    .operand = {"SUBJECT", "WAS"},
    .operand_repeats = true,
    .summary = {"find out which hop of a path fails, and why",
                "herausfinden, welche Station eines Pfades versagt, und warum"},
    .more = {"SUBJECT; several may follow each other, and without one all that is configured is examined:\n"
             "  site HOST       a site as configured: clients, the gate, its servers\n"
             "  url URL         https://HOST[:PORT]/PATH or http://...\n"
             "  path HOST:PORT  TLS to that port\n"
             "  kerberos [SPN]  what signing in by tickets rests on, or that of one service\n"
             "  keytab FILE     a keytab by itself\n"
             "  trust STORE     a trust store\n"
             "or one of these by itself:\n"
             "  browser         policies by which browsers sign in at the sites of the configuration\n"
             "  sheet [HOST]    what somebody sets up an app with: address, QR code, root to trust\n"
             "  client WHO      whether an address, login or host has reached the gate, and how that ended;\n"
             "                  1 also where nothing was seen\n"
             "  message TEXT    what an error message of a browser, an app, Java, Windows or Kerberos means; - reads\n"
             "                  it; 1: it is not known\n\n"
             "Exit status: 0 no error found; 1 there is one; 2 a subject is wrong or unreadable;\n"
             "3 the report cannot be written.\n",
             "WAS; mehrere können aufeinander folgen, und ohne eines wird alles untersucht, was konfiguriert ist:\n"
             "  site RECHNER    eine Site wie konfiguriert: Clients, das Tor, ihre Server\n"
             "  url URL         https://RECHNER[:PORT]/PFAD oder http://...\n"
             "  path HOST:PORT  TLS zu diesem Port\n"
             "  kerberos [SPN]  worauf die Anmeldung mit Tickets beruht, oder die an einem Dienst\n"
             "  keytab DATEI    eine Keytab für sich\n"
             "  trust SPEICHER  ein Vertrauensspeicher\n"
             "oder eines davon für sich:\n"
             "  browser         Richtlinien, mit denen sich Browser an den Sites der Konfiguration anmelden\n"
             "  sheet [HOST]    womit eine App eingerichtet wird: Adresse, QR-Code, zu vertrauende Wurzel\n"
             "  client WER      ob eine Adresse, ein Login oder ein Host das Tor erreicht hat und wie das ausging;\n"
             "                  1 auch, wenn nichts gesehen wurde\n"
             "  message TEXT    was eine Fehlermeldung von Browser, App, Java, Windows oder Kerberos heißt; - liest\n"
             "                  sie; 1: sie ist nicht bekannt\n\n"
             "Rückgabewert: 0 kein Fehler gefunden; 1 es gibt einen; 2 etwas Genanntes ist falsch oder unlesbar;\n"
             "3 der Bericht lässt sich nicht schreiben.\n"},
    .options = kDoctorOptions};

}  // namespace pforte::app
