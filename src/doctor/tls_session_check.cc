#include "doctor/tls_session_check.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "base/text.h"
#include "doctor/shown_command.h"
#include "doctor/tls_finding.h"

namespace pforte::doctor {
namespace {

constexpr Check kCertificateRequired{
    .id = "tls.certificate-required",
    .source = "RFC 8446, 4.4.2.4 and 6.2",
    .why = {
        "clients without a certificate, browsers as they come and most apps among them, are refused",
        "Clients ohne Zertifikat, darunter Browser im Auslieferungszustand und die meisten Apps, werden abgewiesen"}};
constexpr Check kCertificateAsked{.id = "tls.certificate-asked",
                                  .source = "RFC 8446, 4.3.2",
                                  .why = {"browsers that have one open a window and ask which",
                                          "Browser, die eines haben, öffnen ein Fenster und fragen, welches"}};
constexpr Check kBreaksOff{
    .id = "tls.handshake-breaks",
    .source = "RFC 8446, 4.4.3",
    .why = {"the server takes what is offered, and then the handshake does not come to its end",
            "der Server nimmt an, was angeboten wird, und dann kommt der Handshake nicht zu Ende"}};
constexpr Check kNameNeeded{
    .id = "tls.name-needed",
    .source = "RFC 6066, 3",
    .why = {"clients that send no name (Java for a host without a dot, old devices) get another certificate or none",
            "Clients, die keinen Namen senden (Java bei Hosts ohne Punkt, alte Geräte), bekommen ein anderes "
            "Zertifikat oder keines"}};
constexpr Check kNoHttp1{
    .id = "tls.no-http1",
    .source = "RFC 9113, 9.2.3; RFC 4559, 6",
    .why = {"Negotiate signs in a connection, which HTTP/2 shares: clients need HTTP/1.1 for it",
            "Negotiate meldet eine Verbindung an, die sich bei HTTP/2 viele teilen: Clients brauchen dafür HTTP/1.1"}};
constexpr Check kNoResumption{
    .id = "tls.no-resumption",
    .source = "RFC 8446, 2.2",
    .why = {"every connection costs a whole handshake: time on phones, computing on the server",
            "jede Verbindung kostet einen ganzen Handshake: Zeit am Telefon, Rechenzeit am Server"}};

constexpr std::size_t kMostShown = 10;

std::string shown_authorities(const TlsPicture& picture) {
  std::vector<std::string> first(
      picture.asked_authorities.begin(),
      picture.asked_authorities.begin() + std::ptrdiff_t(std::min(kMostShown, picture.asked_authorities.size())));
  if (picture.asked_authorities.size() > kMostShown) first.push_back(cat("… (", picture.asked_authorities.size(), ')'));
  return printable(joined(first, "; "));
}

void tell_client_certificate(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  if (!picture.asks_for_certificate) return;
  bool needs = picture.needs_certificate;
  Message seen{"the server asks for a client certificate and does without",
               "der Server fragt nach einem Client-Zertifikat und kommt ohne aus"};
  Message remedy{"leave it, if some clients are to sign in by certificate",
                 "so lassen, wenn sich manche Clients mit Zertifikat anmelden sollen"};
  if (needs) {
    seen = {"the server refuses a client without a certificate", "der Server weist einen Client ohne Zertifikat ab"};
    remedy = {
        "give the clients certificates of an authority that the server names, or make them optional (nginx: "
        "ssl_verify_client optional; Tomcat: certificateVerification=\"optional\")",
        "den Clients Zertifikate einer CA geben, die der Server nennt, oder sie freistellen (nginx: ssl_verify_client "
        "optional; Tomcat: certificateVerification=\"optional\")"};
  }
  Finding finding = finding_on(subject, needs ? kCertificateRequired : kCertificateAsked,
                               needs ? Level::Error : Level::Note, std::move(seen), std::move(remedy));
  finding.evidence.push_back(
      {.name = {"authorities", "CAs"}, .value = picture.asked_authorities.empty() ? "-" : shown_authorities(picture)});
  path.tell(std::move(finding));
}

void tell_broken_handshake(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  bool only_ssl3 = picture.versions.back().version == TlsVersion::Ssl3;  // which OpenSSL does not speak
  if (picture.negotiated || picture.needs_certificate || picture.broken_off.empty() || only_ssl3) return;
  Finding finding = finding_on(
      subject, kBreaksOff, Level::Error,
      {cat("the handshake breaks off: ", picture.broken_off), cat("der Handshake bricht ab: ", picture.broken_off)},
      {"look whether key and certificate of the server belong together, and into its log",
       "prüfen, ob Schlüssel und Zertifikat des Servers zusammengehören, und in sein Protokoll sehen"});
  path.tell(std::move(finding));
}

void tell_names(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  if (picture.unnamed != NameAnswer::OtherCertificate && picture.unnamed != NameAnswer::Refused) return;
  bool refused = picture.unnamed == NameAnswer::Refused;
  Message seen{"a client that names no host gets another certificate",
               "ein Client, der keinen Host nennt, bekommt ein anderes Zertifikat"};
  if (refused) seen = {"a client that names no host is refused", "ein Client, der keinen Host nennt, wird abgewiesen"};
  Finding finding = finding_on(subject, kNameNeeded, Level::Note, std::move(seen),
                               {"leave it; where such clients are in use, make this site the default one",
                                "so lassen; wo es solche Clients gibt, diese Site zur Vorgabe machen"});
  finding.command = cat("openssl s_client -connect ", host_port(subject.destination.host, subject.destination.port),
                        " -noservername </dev/null");
  path.tell(std::move(finding));
}

void tell_protocols(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  bool has_http1 = std::ranges::find(picture.protocols, "http/1.1") != picture.protocols.end();
  if (picture.protocols.empty() || has_http1 || !picture.all_protocols) return;
  Finding finding =
      finding_on(subject, kNoHttp1, subject.needs_http1 ? Level::Error : Level::Warning,
                 {cat("by ALPN the server takes ", joined(picture.protocols, ", "), " and not http/1.1"),
                  cat("per ALPN nimmt der Server ", joined(picture.protocols, ", "), " und nicht http/1.1")},
                 {"offer http/1.1 as well", "auch http/1.1 anbieten"});
  finding.command = s_client_command(subject.destination, {"-alpn", "http/1.1"});
  path.tell(std::move(finding));
}

void tell_resumption(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  if (!picture.negotiated) return;
  bool ticket = picture.negotiated->ticket;
  if (picture.negotiated->resumed.value_or(ticket)) return;
  Message seen{"the server gives nothing to resume a session with",
               "der Server gibt nichts, womit eine Sitzung wiederaufzunehmen wäre"};
  if (ticket)
    seen = {"the server gives a ticket and does not take it back",
            "der Server gibt ein Ticket und nimmt es nicht wieder an"};
  Finding finding = finding_on(
      subject, kNoResumption, Level::Note, std::move(seen),
      {"switch tickets or a session cache on; of several servers behind one name, give all the same ticket keys",
       "Tickets oder einen Sitzungsspeicher einschalten; mehreren Servern hinter einem Namen dieselben "
       "Ticket-Schlüssel geben"});
  finding.command = s_client_command(subject.destination, {"-reconnect"});
  path.tell(std::move(finding));
}

}  // namespace

void tell_sessions(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  tell_client_certificate(subject, picture, path);
  tell_broken_handshake(subject, picture, path);
  tell_protocols(subject, picture, path);
  tell_names(subject, picture, path);
  tell_resumption(subject, picture, path);
}

}  // namespace pforte::doctor
