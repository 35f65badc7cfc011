#include "doctor/tls_alert.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pforte::doctor {
namespace {

constexpr Words kLookIntoLog = {"look into the log of the server at this moment",
                                "im Protokoll des Servers zu diesem Zeitpunkt nachsehen"};
constexpr Words kAskedOther = {
    "call the server by a name that it is set up for, or add the name to its configuration",
    "den Server mit einem Namen ansprechen, für den er eingerichtet ist, oder den Namen dort eintragen"};

constexpr auto kMeanings = std::to_array<AlertMeaning>({
    {10,
     "unexpected_message",
     {"it did not expect this message", "er hat diese Nachricht nicht erwartet"},
     kLookIntoLog},
    {20, "bad_record_mac", {"a record reached it changed", "ein Record kam verändert bei ihm an"}, kLookIntoLog},
    {40,
     "handshake_failure",
     {"it found nothing among what was offered that it may use",
      "er hat unter dem Angebotenen nichts gefunden, was er verwenden darf"},
     {"compare its cipher suites with its certificate: a suite needs a key of its kind (RSA or EC), and the file of "
      "the "
      "certificate must be readable to the server",
      "die Cipher Suites mit dem Zertifikat vergleichen: eine Suite braucht einen Schlüssel ihrer Art (RSA oder EC), "
      "und "
      "die Zertifikatsdatei muss für den Server lesbar sein"}},
    {42,
     "bad_certificate",
     {"it did not like the client's certificate", "ihm gefiel das Client-Zertifikat nicht"},
     {"show it a certificate of an authority that it trusts", "ein Zertifikat einer CA zeigen, der er vertraut"}},
    {43,
     "unsupported_certificate",
     {"the client's certificate is of a kind it does not take",
      "das Client-Zertifikat ist von einer Art, die er nicht nimmt"},
     {"show it a certificate for client authentication", "ein Zertifikat zur Client-Authentifizierung zeigen"}},
    {46,
     "certificate_unknown",
     {"it did not accept the certificate", "er hat das Zertifikat nicht akzeptiert"},
     kLookIntoLog},
    {47,
     "illegal_parameter",
     {"it found a value that is not permitted", "er hat einen unzulässigen Wert gefunden"},
     kLookIntoLog},
    {48,
     "unknown_ca",
     {"it does not know the authority of the certificate", "er kennt die CA des Zertifikats nicht"},
     {"add the authority to what the server trusts", "die CA in den Vertrauensspeicher des Servers aufnehmen"}},
    {49, "access_denied", {"it lets this client not in", "er lässt diesen Client nicht zu"}, kLookIntoLog},
    {50, "decode_error", {"it could not read the hello", "er konnte die Begrüßung nicht lesen"}, kLookIntoLog},
    {70,
     "protocol_version",
     {"it takes none of the versions offered", "er nimmt keine der angebotenen Versionen"},
     {"switch on TLS 1.2 and 1.3 on the server", "TLS 1.2 und 1.3 am Server einschalten"}},
    {71,
     "insufficient_security",
     {"what was offered is too weak for it", "das Angebotene ist ihm zu schwach"},
     {"look at which suites and groups the server demands", "ansehen, welche Suites und Gruppen der Server verlangt"}},
    {80,
     "internal_error",
     {"something is out of order on its side", "auf seiner Seite ist etwas nicht in Ordnung"},
     {"look into the log of the server: often its certificate, its key or the server behind it cannot be reached",
      "im Protokoll des Servers nachsehen: oft sind Zertifikat, Schlüssel oder der Server dahinter nicht erreichbar"}},
    {86,
     "inappropriate_fallback",
     {"the client fell back to an older version", "der Client ist auf eine ältere Version zurückgefallen"},
     kLookIntoLog},
    {109, "missing_extension", {"it misses an extension", "ihm fehlt eine Erweiterung"}, kLookIntoLog},
    {112, "unrecognized_name", {"it does not serve this name", "er bedient diesen Namen nicht"}, kAskedOther},
    {116,
     "certificate_required",
     {"it wants a certificate of the client and got none", "er verlangt ein Client-Zertifikat und bekam keines"},
     {"give the client a certificate of an authority that the server names",
      "dem Client ein Zertifikat einer CA geben, die der Server nennt"}},
    {120,
     "no_application_protocol",
     {"it speaks none of the protocols offered by ALPN", "er spricht keines der per ALPN angebotenen Protokolle"},
     {"switch on HTTP/1.1 or HTTP/2 on the server", "HTTP/1.1 oder HTTP/2 am Server einschalten"}},
});

constexpr AlertMeaning kUnknownAlert = {
    0, "", {"it gives no reason that is known", "er nennt keinen bekannten Grund"}, kLookIntoLog};

}  // namespace

const AlertMeaning& meaning_of_alert(std::uint8_t number) {
  const auto* found = std::ranges::find(kMeanings, number, &AlertMeaning::number);
  return found == kMeanings.end() ? kUnknownAlert : *found;
}

std::string alert_text(std::uint8_t number) {
  std::string_view name = meaning_of_alert(number).name;
  return name.empty() ? cat("alert ", unsigned(number)) : cat(name, " (", unsigned(number), ')');
}

}  // namespace pforte::doctor
