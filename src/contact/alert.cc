#include "contact/alert.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pforte::contact {

namespace {

constexpr auto kAlerts = std::to_array<Alert>({
    {0, "close_notify", "it has closed the connection as it should", "er hat die Verbindung ordentlich beendet"},
    {10, "unexpected_message", "it did not expect this message", "diese Nachricht hat er nicht erwartet"},
    {20, "bad_record_mac", "the data were changed on the way", "die Daten wurden unterwegs verändert"},
    {21, "decryption_failed", "the data could not be decrypted", "die Daten ließen sich nicht entschlüsseln"},
    {22, "record_overflow", "a record was too long", "ein Datensatz war zu lang"},
    {30, "decompression_failure", "the data could not be decompressed", "die Daten ließen sich nicht entpacken"},
    {40, "handshake_failure", "nothing both sides can do was found", "es fand sich nichts, was beide Seiten können"},
    {42, "bad_certificate", "something about the certificate is wrong", "am Zertifikat stimmt etwas nicht"},
    {43, "unsupported_certificate", "the certificate is of a kind or for a purpose that it does not take",
     "das Zertifikat ist von einer Art oder für einen Zweck, den er nicht annimmt"},
    {44, "certificate_revoked", "the certificate is revoked", "das Zertifikat ist widerrufen"},
    {45, "certificate_expired", "the certificate has expired, or is not valid yet",
     "das Zertifikat ist abgelaufen oder gilt noch nicht"},
    {46, "certificate_unknown", "it does not accept the certificate, and does not say why",
     "er nimmt das Zertifikat nicht an und sagt nicht, warum"},
    {47, "illegal_parameter", "a value was not allowed", "ein Wert war nicht erlaubt"},
    {48, "unknown_ca", "it does not know or trust the issuer of the certificate",
     "er kennt den Aussteller des Zertifikats nicht oder vertraut ihm nicht"},
    {49, "access_denied", "it is not allowed to go on", "er darf nicht weitermachen"},
    {50, "decode_error", "a message could not be read", "eine Nachricht ließ sich nicht lesen"},
    {51, "decrypt_error", "a signature or a check sum of the handshake was wrong",
     "eine Signatur oder Prüfsumme des Handshakes war falsch"},
    {70, "protocol_version", "no version of TLS suits both sides", "keine TLS-Version passt beiden Seiten"},
    {71, "insufficient_security", "what was agreed on is too weak for it", "das Vereinbarte ist ihm zu schwach"},
    {80, "internal_error", "it has a problem of its own", "er hat ein eigenes Problem"},
    {86, "inappropriate_fallback", "an older version was tried although both know a newer one",
     "eine ältere Version wurde versucht, obwohl beide eine neuere können"},
    {90, "user_canceled", "the person has cancelled", "der Mensch hat abgebrochen"},
    {100, "no_renegotiation", "it does not negotiate anew", "er verhandelt nicht neu"},
    {109, "missing_extension", "an extension was missing", "eine Erweiterung fehlte"},
    {110, "unsupported_extension", "there was an extension that it had not offered",
     "es kam eine Erweiterung, die er nicht angeboten hatte"},
    {112, "unrecognized_name", "nobody has the name that was asked for", "niemand hat den verlangten Namen"},
    {113, "bad_certificate_status_response", "the stapled OCSP answer does not hold",
     "die mitgesandte OCSP-Antwort hält nicht"},
    {115, "unknown_psk_identity", "it does not know the key", "er kennt den Schlüssel nicht"},
    {116, "certificate_required", "a client certificate was wanted", "es wurde ein Client-Zertifikat verlangt"},
    {120, "no_application_protocol", "no protocol of ALPN suits both sides", "kein ALPN-Protokoll passt beiden Seiten"},
});

}  // namespace

const Alert* find_alert(int number) {
  const auto* found = std::ranges::find(kAlerts, number, &Alert::number);
  return found == kAlerts.end() ? nullptr : found;
}

std::string alert_text(int number) {
  const Alert* alert = find_alert(number);
  return alert ? cat(alert->name, " (", number, ")") : cat("alert ", number);
}

}  // namespace pforte::contact
