#include "contact/cause.h"

#include <utility>

#include "base/shell_word.h"
#include "base/text.h"
#include "contact/alert.h"
#include "contact/client_kind.h"
#include "contact/refused_certificate.h"

namespace pforte::contact {

namespace {

std::string host_of(const Contact& contact) {
  if (!contact.server_name.empty()) return contact.server_name;
  return contact.host.empty() ? "HOST" : contact.host;
}

std::string s_client(const Contact& contact, std::string_view more = {}) {
  // What a client has sent as a name is pasted into a shell.
  std::string host = host_of(contact);
  return cat("openssl s_client -connect ", shell_word(cat(host, ':', contact.listener.port())), " -servername ",
             shell_word(host), more, " </dev/null");
}

std::string look_with_curl(const Contact& contact) {
  return cat("curl -v ", shell_word(cat("https://", host_of(contact), ':', contact.listener.port(), "/")));
}

std::string quoted_name(const Contact& contact) {
  return contact.server_name.empty() ? std::string("-") : contact.server_name;
}

Cause silent(const Contact&) {
  return {
      .id = "silent",
      .is_fault = false,
      .what = {"it connected and went without a word: a look whether the port is open (a load balancer, a scanner), "
               "or a client that gave up",
               "er hat sich verbunden und ist ohne ein Wort gegangen: ein Blick, ob der Port offen ist "
               "(Lastverteiler, Scanner), oder ein Client, der aufgegeben hat"},
      .remedy = {}};
}

Cause bad_proxy_header(const Contact& contact) {
  return {
      .id = "bad-proxy-header",
      .is_fault = true,
      .what = {cat("a peer in proxy_protocol_from sent no PROXY header: ", contact.reason),
               cat("ein Absender in proxy_protocol_from hat keinen PROXY-Kopf gesandt: ", contact.reason)},
      .remedy = {"switch the PROXY protocol on in the load balancer, or take its address out of proxy_protocol_from",
                 "das PROXY-Protokoll im Lastverteiler einschalten oder seine Adresse aus proxy_protocol_from nehmen"}};
}

Cause not_tls(const Contact& contact) {
  if (contact.reason == "http request") {
    return {.id = "plain-http",
            .is_fault = true,
            .what = {"it spoke plain HTTP at a port for TLS: an address with http:// and this port",
                     "er hat unverschlüsseltes HTTP an einem Port für TLS gesprochen: eine Adresse mit http:// und "
                     "diesem Port"},
            .remedy = {"have the address begin with https://", "die Adresse mit https:// beginnen lassen"},
            .command = look_with_curl(contact)};
  }
  if (contact.reason == "https proxy request") {
    return {
        .id = "proxy-request",
        .is_fault = true,
        .what = {"it took us for a forward proxy (CONNECT): the client's proxy settings lead here",
                 "er hat uns für einen Proxy gehalten (CONNECT): Die Proxy-Einstellungen des Clients führen hierher"},
        .remedy = {"put the proxy settings of the client right, or except this host from them",
                   "die Proxy-Einstellungen des Clients richtigstellen oder diesen Host davon ausnehmen"}};
  }
  return {
      .id = "not-tls",
      .is_fault = true,
      .what = {cat("what it sent is no TLS (", contact.reason, "): another protocol, or a scanner"),
               cat("was er gesandt hat, ist kein TLS (", contact.reason, "): ein anderes Protokoll oder ein Scanner")},
      .remedy = {"where this is a client of yours: check port and protocol of its address",
                 "falls dies ein eigener Client ist: Port und Protokoll seiner Adresse prüfen"}};
}

Cause closed_early(const Contact& contact) {
  return {.id = "closed-early",
          .is_fault = true,
          .what = {cat("it left in the middle of its first message (", contact.reason,
                       "): a device in between cuts connections, or the client gave up"),
                   cat("er ist mitten in seiner ersten Nachricht gegangen (", contact.reason,
                       "): Ein Gerät dazwischen trennt Verbindungen, oder der Client hat aufgegeben")},
          .remedy = {"look into the log of firewall or proxy on the way; try from the same network",
                     "in das Protokoll von Firewall oder Proxy auf dem Weg sehen; aus demselben Netz versuchen"},
          .command = s_client(contact)};
}

// Source: measured; see refused_certificate.cc.
Cause closed_without_alert(const Contact& contact) {
  return {
      .id = "closed-after-certificate",
      .is_fault = true,
      .what = {"it has seen our certificate and left without saying why: so do Node.js, apps that know their "
               "certificate by heart (pinning), and inspecting proxies, when they do not accept it",
               "er hat unser Zertifikat gesehen und ist ohne Begründung gegangen: So machen es Node.js, Apps, die "
               "ihr Zertifikat auswendig kennen (Pinning), und prüfende Proxys, wenn sie es nicht annehmen"},
      .remedy = {"look into the client's own log; check that it trusts the issuer, and that the certificate has the "
                 "name which the client asks for",
                 "in das Protokoll des Clients sehen; prüfen, dass er dem Aussteller vertraut und das Zertifikat den "
                 "verlangten Namen trägt"},
      .command = s_client(contact, " -showcerts")};
}

Cause timed_out(const Contact& contact) {
  if (contact.point == Point::Connected) {
    return {
        .id = "timeout-silent",
        .is_fault = true,
        .what = {"it connected and said nothing until time was up: a protocol in which the server speaks first, or "
                 "a device in between that holds the client's data back",
                 "er hat sich verbunden und bis zum Fristende nichts gesagt: ein Protokoll, in dem der Server zuerst "
                 "spricht, oder ein Gerät dazwischen, das die Daten des Clients zurückhält"},
        .remedy = {"check what the client speaks, and the firewalls on its way",
                   "prüfen, was der Client spricht, und die Firewalls auf seinem Weg"}};
  }
  if (contact.point == Point::Hello) {
    return {
        .id = "timeout-in-hello",
        .is_fault = true,
        .what = {"only part of its first message came: large packets get lost on the way (MTU), as from browsers "
                 "whose ClientHello takes two packets",
                 "von seiner ersten Nachricht kam nur ein Teil: Große Pakete gehen unterwegs verloren (MTU), etwa von "
                 "Browsern, deren ClientHello zwei Pakete braucht"},
        .remedy = {"look for a VPN or tunnel with a small MTU on the way; let ICMP \"fragmentation needed\" through",
                   "auf dem Weg nach VPN oder Tunnel mit kleiner MTU suchen; ICMP „fragmentation needed“ durchlassen"},
        .command = cat("ping -M do -s 1472 ", contact.client.ip_text())};
  }
  return {
      .id = "timeout-after-certificate",
      .is_fault = true,
      .what = {"our answer with the certificate went out, and nothing came back: large packets get lost on the way to "
               "the client (MTU), or it has frozen",
               "unsere Antwort mit dem Zertifikat ging hinaus, und nichts kam zurück: Große Pakete gehen auf dem Weg "
               "zum Client verloren (MTU), oder er ist eingefroren"},
      .remedy = {"look for a VPN or tunnel with a small MTU on the way; let ICMP \"fragmentation needed\" through",
                 "auf dem Weg nach VPN oder Tunnel mit kleiner MTU suchen; ICMP „fragmentation needed“ durchlassen"},
      .command = cat("ping -M do -s 1472 ", contact.client.ip_text())};
}

Cause no_common_version(const Contact& contact) {
  return {
      .id = "no-common-version",
      .is_fault = true,
      .what = {"it speaks only versions of TLS that are not offered here (TLS 1.0 and 1.1 never are)",
               "er spricht nur TLS-Versionen, die hier nicht angeboten werden (TLS 1.0 und 1.1 nie)"},
      .remedy = {"update the client, or its Java or operating system; with tls_profile = \"modern\" TLS 1.2 is missing "
                 "as well: \"intermediate\" has it",
                 "den Client, sein Java oder Betriebssystem aktualisieren; mit tls_profile = \"modern\" fehlt auch "
                 "TLS 1.2: \"intermediate\" hat es"},
      .command = s_client(contact, " -tls1_2")};
}

Cause no_common_cipher(const Contact& contact) {
  return {
      .id = "no-common-cipher",
      .is_fault = true,
      .what =
          {"it offers no cipher suite or key exchange that is allowed here: an old client",
           "er bietet keine Cipher-Suite und keinen Schlüsselaustausch an, die hier erlaubt sind: ein alter Client"},
      .remedy = {"update the client, or its Java or operating system",
                 "den Client, sein Java oder Betriebssystem aktualisieren"},
      .command = s_client(contact, " -tls1_2")};
}

Cause unknown_name(const Contact& contact) {
  if (contact.server_name.empty()) {
    return {
        .id = "no-name",
        .is_fault = true,
        .what =
            {"it named no host (an IP address instead of a name, in Java a name without a dot, or an old client), and "
             "there is no certificate for clients that name none",
             "er hat keinen Host genannt (eine IP-Adresse in seiner Adresse, in Java ein Name ohne Punkt, oder ein "
             "alter Client), und es gibt kein Zertifikat für solche Clients"},
        .remedy = {"have the client use the complete DNS name",
                   "den Client den vollständigen DNS-Namen verwenden lassen"}};
  }
  return {
      .id = "unknown-name",
      .is_fault = true,
      .what = {cat("it asked for ", contact.server_name, ", and no site here has that name and a certificate for it"),
               cat("er hat ", contact.server_name,
                   " verlangt, und keine Site hier hat diesen Namen und ein "
                   "Zertifikat dafür")},
      .remedy =
          {"correct the address in the client, or add the name to `hosts` of the site and to its certificate",
           "die Adresse im Client berichtigen oder den Namen in `hosts` der Site und in ihr Zertifikat aufnehmen"},
      .command = "pforte cert list"};
}

Cause refused(const Contact& contact) {
  if (contact.reason == "unknown_name") return unknown_name(contact);
  if (contact.our_alert == 70) return no_common_version(contact);
  if (contact.our_alert == 40 || contact.our_alert == 71) return no_common_cipher(contact);
  if (contact.our_alert == 120) {
    return {.id = "no-common-protocol",
            .is_fault = true,
            .what = {cat("it wants another protocol than HTTP over this connection (ALPN ", contact.offered, ')'),
                     cat("er will über diese Verbindung ein anderes Protokoll als HTTP (ALPN ", contact.offered, ')')},
            .remedy = {"check port and protocol of the client", "Port und Protokoll des Clients prüfen"}};
  }
  return {.id = "refused",
          .is_fault = true,
          .what = {cat("we refused it: ", contact.reason,
                       contact.our_alert < 0 ? "" : cat(", alert ", alert_text(contact.our_alert))),
                   cat("wir haben ihn abgewiesen: ", contact.reason,
                       contact.our_alert < 0 ? "" : cat(", Alert ", alert_text(contact.our_alert)))},
          .remedy =
              {"a device in between that changes connections, or a defect of the client: try without it, or another "
               "client",
               "ein Gerät dazwischen, das Verbindungen verändert, oder ein Fehler des Clients: ohne das Gerät oder mit "
               "einem anderen Client versuchen"},
          .command = s_client(contact)};
}

Cause other_alert(const Contact& contact) {
  const Alert* alert = find_alert(contact.client_alert);
  std::string text = alert_text(contact.client_alert);
  Message meaning =
      alert ? alert->meaning() : Message{"no standard says what that means", "kein Standard sagt, was das heißt"};
  bool changed = contact.client_alert == 20 || contact.client_alert == 51;
  Message remedy = {"look into the client's own log", "in das Protokoll des Clients sehen"};
  if (changed)
    remedy = {"a device in between changes the connection: try from another network",
              "ein Gerät dazwischen verändert die Verbindung: aus einem anderen Netz versuchen"};
  return {.id = "client-alert",
          .is_fault = true,
          .what = {cat("it refused us with alert ", text, ": ", meaning.en),
                   cat("er hat uns mit Alert ", text, " abgewiesen: ", meaning.de)},
          .remedy = std::move(remedy),
          .command = s_client(contact)};
}

Cause client_alert(const Contact& contact) {
  if (is_about_certificate(contact.client_alert)) {
    CertificateRefusal refusal = refusal_of(contact.client_alert, kind_of_client(contact.fingerprint));
    return {.id = refusal.id,
            .is_fault = true,
            .what = std::move(refusal.what),
            .remedy = std::move(refusal.remedy),
            .command = s_client(contact, " -showcerts")};
  }
  switch (contact.client_alert) {
    case 40:
    case 71:
      return no_common_cipher(contact);
    case 70:
    case 86:
      return no_common_version(contact);
    case 90:
      return {.id = "user-cancelled",
              .is_fault = true,
              .what = {"the person or program in front of it has cancelled",
                       "der Mensch oder das Programm davor hat abgebrochen"},
              .remedy = {"ask what was shown there", "fragen, was dort angezeigt wurde"}};
    default:
      return other_alert(contact);
  }
}

// RFC 6066, 3: an IP address is never named.
Cause left_without_a_name(const Contact& contact) {
  return {
      .id = "refused-after-handshake",
      .is_fault = true,
      .what =
          {"the handshake was done without a host name, and it left without a request: there is an IP address in the "
           "client's address, which the certificate does not have (or it is `openssl s_client` without -servername)",
           "der Handshake gelang ohne Hostnamen, und er ging ohne Anfrage: In der Adresse des Clients steht eine "
           "IP-Adresse, die das Zertifikat nicht trägt (oder es war `openssl s_client` ohne -servername)"},
      .remedy = {"have the client use the complete DNS name, which the certificate has",
                 "den Client den vollständigen DNS-Namen verwenden lassen, den das Zertifikat trägt"},
      .command = s_client(contact)};
}

Cause unused(const Contact& contact) {
  if (contact.listener.port() != 0 && contact.tls_version.empty()) {
    return {.id = "no-request",
            .is_fault = false,
            .what = {"it connected and sent no complete request",
                     "er hat sich verbunden und keine vollständige Anfrage gesandt"},
            .remedy = {}};
  }
  ClientKind kind = kind_of_client(contact.fingerprint);
  if (contact.server_name.empty()) return left_without_a_name(contact);
  if (kind == ClientKind::OpenSsl || kind == ClientKind::Node) {
    return {
        .id = "refused-after-handshake",
        .is_fault = true,
        .what =
            {"the handshake was done, and it left without a request: curl does so when the certificate has another "
             "name than the one it asked for, Node.js with any defect; `openssl s_client` does so always",
             "der Handshake gelang, und er ging ohne Anfrage: curl macht das, wenn das Zertifikat einen anderen Namen "
             "trägt als den verlangten, Node.js bei jedem Mangel; `openssl s_client` immer"},
        .remedy = {"check that the certificate has the name in the client's address",
                   "prüfen, dass das Zertifikat den Namen in der Adresse des Clients trägt"},
        .command = look_with_curl(contact)};
  }
  return {
      .id = "unused",
      .is_fault = false,
      .what = {"the handshake was done and no request came: browsers open connections in reserve; a program that does "
               "this every time does not accept the certificate (wget, some apps)",
               "der Handshake gelang, und es kam keine Anfrage: Browser öffnen Verbindungen auf Vorrat; ein Programm, "
               "das dies immer tut, nimmt das Zertifikat nicht an (wget, manche App)"},
      .remedy = {}};
}

Cause plain(std::string_view id, std::string en, std::string de) {
  return {.id = id, .is_fault = false, .what = {std::move(en), std::move(de)}, .remedy = {}};
}

Cause served(const Contact& contact) {
  if (contact.last_status >= 500) {
    return {.id = "application-failed",
            .is_fault = true,
            .what = {cat("it reached us, and the last answer was ", contact.last_status,
                         ": what is behind the gate failed"),
                     cat("er hat uns erreicht, und die letzte Antwort war ", contact.last_status,
                         ": Das hinter dem Tor hat versagt")},
            .remedy = {"see what `pforte backend list` and the access log say of that time",
                       "sehen, was `pforte backend list` und das Zugriffsprotokoll zu der Zeit sagen"},
            .command = "pforte backend list"};
  }
  if (contact.last_status == 403)
    return plain(
        "served",
        "it reached us; the last answer was 403: who has signed in lacks a group that a rule asks for, or is no "
        "agent, or the application itself refused",
        "er hat uns erreicht; die letzte Antwort war 403: Wer angemeldet ist, hat eine Gruppe nicht, die eine "
        "Regel verlangt, oder ist kein Bearbeiter, oder die Anwendung selbst hat abgelehnt");
  if (contact.last_status == 404)
    return plain(
        "served",
        "it reached us; the last answer was 404: no rule allows this path from this address, or the application "
        "does not have it",
        "er hat uns erreicht; die letzte Antwort war 404: Keine Regel erlaubt diesen Pfad von dieser Adresse, "
        "oder die Anwendung hat ihn nicht");
  return {.id = "served",
          .is_fault = false,
          .what = {"it reached us and was answered", "er hat uns erreicht und wurde bedient"},
          .remedy = {}};
}

Cause not_passed(const Contact& contact) {
  bool not_allowed = contact.reason.starts_with("passthrough.not-allowed");
  if (not_allowed) {
    return {.id = "passthrough-not-allowed",
            .is_fault = true,
            .what = {cat(quoted_name(contact), " is passed through, but not for this address"),
                     cat(quoted_name(contact), " wird durchgereicht, aber nicht für diese Adresse")},
            .remedy = {"add the client's network to `from` of the passthrough, if it may come in",
                       "das Netz des Clients in `from` des Passthroughs aufnehmen, falls er hinein darf"}};
  }
  return {.id = "passthrough-failed",
          .is_fault = true,
          .what = {cat(quoted_name(contact), " is passed through, and that failed: ", contact.reason),
                   cat(quoted_name(contact), " wird durchgereicht, und das misslang: ", contact.reason)},
          .remedy = {"check the servers of the passthrough, and that the gate reaches them",
                     "die Server des Passthroughs prüfen, und dass das Tor sie erreicht"}};
}

}  // namespace

Cause cause_of(const Contact& contact) {
  if (contact.by_doctor)
    return plain("doctor", "`pforte doctor` examined the gate, which is no client",
                 "`pforte doctor` hat das Tor untersucht, das ist kein Client");
  switch (contact.ending) {
    case Ending::Silent:
      return silent(contact);
    case Ending::BadProxyHeader:
      return bad_proxy_header(contact);
    case Ending::NotTls:
      return not_tls(contact);
    case Ending::ClosedInHandshake:
      return contact.point == Point::Answered ? closed_without_alert(contact) : closed_early(contact);
    case Ending::TimedOut:
      return timed_out(contact);
    case Ending::ClientAlert:
      return client_alert(contact);
    case Ending::Refused:
      return refused(contact);
    case Ending::Unused:
      return unused(contact);
    case Ending::Served:
      return served(contact);
    case Ending::NotPassed:
      return not_passed(contact);
    case Ending::Passed:
      return plain("passed", cat("it was passed through to ", contact.backend, "; TLS ends there"),
                   cat("er wurde zu ", contact.backend, " durchgereicht; TLS endet dort"));
    case Ending::Proof:
      return plain("proof", "a CA has looked for a proof", "eine CA hat einen Nachweis gesucht");
    case Ending::CutOff:
      return plain("cut-off", "the gate stopped while it was there", "das Tor wurde beendet, während er da war");
    case Ending::Lost:
      return plain("lost", "not written down: too many at once, or no room on the disk",
                   "nicht aufgeschrieben: zu viele auf einmal oder kein Platz auf der Platte");
    case Ending::Open:
      break;
  }
  if (contact.requests > 0) return served(contact);
  return plain("open", "it was still connected when this was written down",
               "er war noch verbunden, als dies aufgeschrieben wurde");
}

}  // namespace pforte::contact
