#include "contact/refused_certificate.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "contact/alert.h"

namespace pforte::contact {

namespace {

// What may be behind an alert from one library.
struct Row {
  ClientKind kind;
  int alert;
  std::string_view id;
  std::string_view en;
  std::string_view de;
};

constexpr std::string_view kUntrusted = "certificate-untrusted";
constexpr std::string_view kExpired = "certificate-expired";
constexpr std::string_view kRevoked = "certificate-revoked";
constexpr std::string_view kRefused = "certificate-refused";

constexpr std::string_view kAnyEn =
    "any defect of the certificate: an issuer it does not trust or a missing intermediate (the most frequent), "
    "expired, "
    "another name";
constexpr std::string_view kAnyDe =
    "irgendein Mangel des Zertifikats: ein Aussteller, dem er nicht vertraut, oder ein fehlendes Zwischenzertifikat "
    "(das "
    "Häufigste), abgelaufen, ein anderer Name";

// Source: measured in November 2026 with OpenSSL 3.0.22, OpenJDK 17.0.15, NSS 3.87, Firefox 153, Chromium 156, each
// with twelve defects. For Chromium and Android also BoringSSL, ssl/handshake.cc, ssl_verify_peer_cert:
// certificate_unknown unless the callback says otherwise.
constexpr auto kRows = std::to_array<Row>({
    {ClientKind::OpenSsl, 48, kUntrusted, "it does not trust the issuer, or an intermediate is missing in what we send",
     "er vertraut dem Aussteller nicht, oder in dem, was wir senden, fehlt ein Zwischenzertifikat"},
    {ClientKind::OpenSsl, 45, kExpired, "the certificate or one above it has expired",
     "das Zertifikat oder eines darüber ist abgelaufen"},
    {ClientKind::OpenSsl, 42, kRefused,
     "the certificate has another name than the one asked for, is not valid yet, or is too weak (SHA-1, RSA below "
     "2048)",
     "das Zertifikat trägt einen anderen Namen als den verlangten, gilt noch nicht oder ist zu schwach (SHA-1, RSA "
     "unter "
     "2048)"},
    {ClientKind::OpenSsl, 43, kRefused, "the certificate is not for servers (extended key usage)",
     "das Zertifikat ist nicht für Server bestimmt (erweiterte Schlüsselverwendung)"},
    {ClientKind::OpenSsl, 46, kRefused, "a name constraint of an issuer forbids this name",
     "eine Namensbeschränkung eines Ausstellers verbietet diesen Namen"},
    {ClientKind::Java, 46, kRefused, kAnyEn, kAnyDe},
    {ClientKind::Java, 45, kExpired, "the certificate or one above it has expired",
     "das Zertifikat oder eines darüber ist abgelaufen"},
    {ClientKind::Java, 42, kExpired, "the certificate is not valid yet", "das Zertifikat gilt noch nicht"},
    {ClientKind::Chromium, 46, kRefused, kAnyEn, kAnyDe},
    {ClientKind::Firefox, 48, kUntrusted,
     "it does not trust the issuer, an intermediate is missing in what we send, or an intermediate has expired",
     "er vertraut dem Aussteller nicht, in dem, was wir senden, fehlt ein Zwischenzertifikat, oder eines ist "
     "abgelaufen"},
    {ClientKind::Firefox, 45, kExpired, "the certificate has expired", "das Zertifikat ist abgelaufen"},
    {ClientKind::Firefox, 42, kRefused,
     "the certificate is self-signed, has another name or no subjectAltName, is not valid yet, or uses SHA-1",
     "das Zertifikat ist selbstsigniert, trägt einen anderen Namen oder keinen subjectAltName, gilt noch nicht oder "
     "benutzt "
     "SHA-1"},
    {ClientKind::Firefox, 46, kRefused, "the certificate is not for servers (extended key usage)",
     "das Zertifikat ist nicht für Server bestimmt (erweiterte Schlüsselverwendung)"},
});

// For clients that are not known. Source: RFC 8446, 6.2; for Windows (Schannel) learn.microsoft.com,
// "Schannel Error Codes for TLS and SSL Alerts". Go and GnuTLS send 42 for every defect (measured).
constexpr auto kGeneral = std::to_array<Row>({
    {ClientKind::Unknown, 48, kUntrusted,
     "it does not trust the issuer, or an intermediate is missing in what we send (on Windows SEC_E_UNTRUSTED_ROOT)",
     "er vertraut dem Aussteller nicht, oder in dem, was wir senden, fehlt ein Zwischenzertifikat (unter Windows "
     "SEC_E_UNTRUSTED_ROOT)"},
    {ClientKind::Unknown, 45, kExpired,
     "the certificate or one above it has expired, or the client's clock is wrong (on Windows SEC_E_CERT_EXPIRED)",
     "das Zertifikat oder eines darüber ist abgelaufen, oder die Uhr des Clients geht falsch (unter Windows "
     "SEC_E_CERT_EXPIRED)"},
    {ClientKind::Unknown, 44, kRevoked, "the certificate is revoked", "das Zertifikat ist widerrufen"},
    {ClientKind::Unknown, 113, kRevoked, "the stapled OCSP answer does not hold",
     "die mitgesandte OCSP-Antwort hält nicht"},
    {ClientKind::Unknown, 42, kRefused, kAnyEn, kAnyDe},
    {ClientKind::Unknown, 43, kRefused, "the certificate is of a kind or for a purpose that it does not take",
     "das Zertifikat ist von einer Art oder für einen Zweck, den er nicht annimmt"},
    {ClientKind::Unknown, 46, kRefused, kAnyEn, kAnyDe},
});

const Row& row_of(int alert, ClientKind kind) {
  const auto* row = std::ranges::find_if(kRows, [&](const Row& one) { return one.kind == kind && one.alert == alert; });
  if (row != kRows.end()) return *row;
  return *std::ranges::find(kGeneral, alert, &Row::alert);
}

// What the person in front of it reads. Source: the same measurement; Apple: TN2232 and NSURLError.h; Android:
// java.security.cert.CertPathValidatorException of its own PKIX.
Message shown_by(ClientKind kind) {
  switch (kind) {
    case ClientKind::Chromium:
      return {
          "; it shows NET::ERR_CERT_AUTHORITY_INVALID (issuer), _DATE_INVALID or _COMMON_NAME_INVALID; an app of "
          "Android logs \"Trust anchor for certification path not found\"",
          "; er zeigt NET::ERR_CERT_AUTHORITY_INVALID (Aussteller), _DATE_INVALID oder _COMMON_NAME_INVALID; eine App "
          "unter Android protokolliert „Trust anchor for certification path not found“"};
    case ClientKind::Java:
      return {
          "; its log says \"PKIX path building failed\" (issuer), \"validity check failed\" or \"No subject "
          "alternative DNS name matching\"",
          "; in seinem Protokoll steht „PKIX path building failed“ (Aussteller), „validity check failed“ oder „No "
          "subject alternative DNS name matching“"};
    case ClientKind::Firefox:
      return {"; it shows SEC_ERROR_UNKNOWN_ISSUER, SEC_ERROR_EXPIRED_CERTIFICATE or SSL_ERROR_BAD_CERT_DOMAIN",
              "; er zeigt SEC_ERROR_UNKNOWN_ISSUER, SEC_ERROR_EXPIRED_CERTIFICATE oder SSL_ERROR_BAD_CERT_DOMAIN"};
    case ClientKind::Apple:
      return {"; the app sees NSURLErrorDomain -1202 (issuer or name), -1201 (expired) or -1204 (not valid yet)",
              "; die App sieht NSURLErrorDomain -1202 (Aussteller oder Name), -1201 (abgelaufen) oder -1204 (noch "
              "nicht gültig)"};
    default:
      return {};
  }
}

// Where trust comes from, for each kind. Source: Apple, support.apple.com 102390; Android, network security
// configuration; Chromium and Firefox on Windows use the system's store.
Message where_to_trust(ClientKind kind) {
  switch (kind) {
    case ClientKind::Apple:
      return {
          "install the issuing root as a profile and switch it on under Settings > General > About > Certificate Trust "
          "Settings; the certificate must last 825 days at most and have its name as subjectAltName",
          "die ausstellende Wurzel als Profil installieren und unter Einstellungen > Allgemein > Info > "
          "Zertifikatsvertrauenseinstellungen einschalten; das Zertifikat darf höchstens 825 Tage gelten und muss den "
          "Namen "
          "als subjectAltName tragen"};
    case ClientKind::Java:
      return {
          "import the issuing root into the trust store of that Java (cacerts, or the one named by "
          "javax.net.ssl.trustStore) and restart the application",
          "die ausstellende Wurzel in den Vertrauensspeicher dieses Java importieren (cacerts oder der mit "
          "javax.net.ssl.trustStore genannte) und die Anwendung neu starten"};
    case ClientKind::Chromium:
      return {
          "Windows: distribute the issuing root by group policy; Android: install it as a CA certificate, and apps "
          "must "
          "allow user CAs in their network security configuration; Linux: add it with certutil to ~/.pki/nssdb",
          "Windows: die ausstellende Wurzel per Gruppenrichtlinie verteilen; Android: als CA-Zertifikat installieren, "
          "und "
          "Apps müssen Benutzer-CAs in ihrer Netzwerksicherheitskonfiguration erlauben; Linux: mit certutil in "
          "~/.pki/nssdb "
          "aufnehmen"};
    case ClientKind::Firefox:
      return {"import the issuing root into Firefox, or set its policy Certificates.ImportEnterpriseRoots",
              "die ausstellende Wurzel in Firefox importieren oder dessen Richtlinie "
              "Certificates.ImportEnterpriseRoots setzen"};
    default:
      return {"give the client the issuing root (`pforte ca export`), and have the gate send all intermediates",
              "dem Client die ausstellende Wurzel geben (`pforte ca export`) und das Tor alle Zwischenzertifikate "
              "senden lassen"};
  }
}

Message remedy_of(std::string_view id, ClientKind kind) {
  if (id == kExpired)
    return {"renew the certificate (`pforte cert list` tells which); check the client's clock",
            "das Zertifikat erneuern (`pforte cert list` sagt, welches); die Uhr des Clients prüfen"};
  if (id == kRevoked) return {"have a new certificate issued", "ein neues Zertifikat ausstellen lassen"};
  Message trust = where_to_trust(kind);
  if (id == kUntrusted) return trust;
  return {cat("compare names and dates with `pforte cert list`; if both are right: ", trust.en),
          cat("Namen und Daten mit `pforte cert list` vergleichen; wenn beide stimmen: ", trust.de)};
}

}  // namespace

bool is_about_certificate(int alert) {
  return std::ranges::find(kGeneral, alert, &Row::alert) != kGeneral.end();
}

CertificateRefusal refusal_of(int alert, ClientKind kind) {
  const Row& row = row_of(alert, kind);
  Message shown = shown_by(kind);
  Message who = name_of(kind);
  std::string by_en = kind == ClientKind::Unknown ? "" : cat(" of ", who.en);
  std::string by_de = kind == ClientKind::Unknown ? "" : cat(" von ", who.de);
  return {
      .id = row.id,
      .what = {cat("it does not accept our certificate: alert ", alert_text(alert), by_en, " means ", row.en, shown.en),
               cat("er nimmt unser Zertifikat nicht an: Alert ", alert_text(alert), by_de, " heißt ", row.de,
                   shown.de)},
      .remedy = remedy_of(row.id, kind)};
}

}  // namespace pforte::contact
