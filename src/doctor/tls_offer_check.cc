#include "doctor/tls_offer_check.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "doctor/shown_command.h"
#include "doctor/tls_finding.h"
#include "doctor/tls_scan.h"
#include "doctor/tls_suites.h"

namespace pforte::doctor {
namespace {

using Offers = std::vector<VersionOffer>;

constexpr Check kOffer{.id = "tls.offer", .source = "", .why = {"", ""}};
constexpr Check kSsl3{
    .id = "tls.ssl3", .source = "RFC 7568, 3", .why = {"SSL 3.0 is broken (POODLE)", "SSL 3.0 ist gebrochen (POODLE)"}};
constexpr Check kOldVersion{
    .id = "tls.old-version",
    .source = "RFC 8996, 4 and 5",
    .why = {"TLS 1.0 and 1.1 must not be used any more: they rest on SHA-1 and MD5",
            "TLS 1.0 und 1.1 dürfen nicht mehr verwendet werden: sie beruhen auf SHA-1 und MD5"}};
constexpr Check kOnlyOld{.id = "tls.only-old",
                         .source = "RFC 8996; Chromium 84, Firefox 78, Java 8u291",
                         .why = {"browsers, apps and Java of today connect with TLS 1.2 and newer only",
                                 "heutige Browser, Apps und Java verbinden sich nur mit TLS 1.2 und neuer"}};
constexpr Check kNoTls13{.id = "tls.no-tls13",
                         .source = "RFC 9325, 3.1.1",
                         .why = {"TLS 1.3 is faster by a round trip and leaves out what was weak",
                                 "TLS 1.3 ist um einen Umlauf schneller und lässt Schwaches weg"}};
constexpr Check kOnlyTls13{.id = "tls.only-tls13",
                           .source = "JDK-8248721 (8u261); Android 10",
                           .why = {"Java before 8u261 and Android before 10 speak no TLS 1.3 and cannot connect",
                                   "Java vor 8u261 und Android vor 10 sprechen kein TLS 1.3 und kommen nicht hinein"}};
constexpr Check kCbcOnly{.id = "tls.cbc-only",
                         .source = "RFC 9325, 4.2",
                         .why = {"suites with CBC have been attacked again and again (Lucky 13, POODLE against TLS)",
                                 "Suites mit CBC wurden immer wieder angegriffen (Lucky 13, POODLE gegen TLS)"}};
constexpr Check kNoForwardSecrecy{
    .id = "tls.no-forward-secrecy",
    .source = "RFC 9325, 4.1; Apple, NSAppTransportSecurity",
    .why = {"who gets the key of the certificate can read everything that was recorded; iOS apps refuse it",
            "wer den Schlüssel des Zertifikats bekommt, kann alles Aufgezeichnete lesen; iOS-Apps lehnen es ab"}};
constexpr Check kStaticRsa{
    .id = "tls.static-rsa",
    .source = "RFC 9325, 4.1",
    .why = {"clients that choose such a suite are not protected against a key lost later",
            "Clients mit einer solchen Suite sind gegen einen später verlorenen Schlüssel nicht geschützt"}};
constexpr Check kWeakDh{
    .id = "tls.dh-weak",
    .source = "RFC 9325, 4.2; Logjam (2015); OpenSSL security level 2",
    .why = {"groups of 1024 bits are within reach of states; OpenSSL 3 refuses less than 2048",
            "Gruppen von 1024 Bit sind für Staaten erreichbar; OpenSSL 3 lehnt weniger als 2048 ab"}};
constexpr Check kSha1Signature{
    .id = "tls.sha1-signature",
    .source = "RFC 9155, 4",
    .why = {"it had better ones to choose from; OpenSSL 3 and browsers do not accept SHA-1 here",
            "er hatte bessere zur Auswahl; OpenSSL 3 und Browser akzeptieren SHA-1 hier nicht"}};
constexpr Check kCompression{.id = "tls.compression",
                             .source = "RFC 9325, 3.3; CRIME (2012)",
                             .why = {"by the length of what is compressed, cookies can be guessed",
                                     "an der Länge des Komprimierten lassen sich Cookies erraten"}};
constexpr Check kRenegotiation{
    .id = "tls.renegotiation",
    .source = "RFC 5746, 3.4; OpenSSL 3.0, SSL_OP_LEGACY_SERVER_CONNECT",
    .why = {"somebody in between can put a request of his own in front; OpenSSL 3 does not connect in TLS 1.2",
            "ein Dritter kann eine eigene Anfrage voranstellen; OpenSSL 3 verbindet sich in TLS 1.2 nicht"}};
constexpr Check kNoExtendedSecret{
    .id = "tls.no-extended-master-secret",
    .source = "RFC 7627, 5.3; RFC 9325, 3.4",
    .why = {"a session can be passed off as another (triple handshake); clients under FIPS rules refuse it",
            "eine Sitzung kann als eine andere ausgegeben werden (Triple Handshake); Clients unter FIPS-Regeln lehnen "
            "das ab"}};

// A fault of suites, and how grave it is.
struct SuiteRule {
  SuiteFault fault;
  Level level;
  Check check;
  std::string_view cipher;  // how OpenSSL calls them
  Words are;
};

constexpr auto kSuiteRules = std::to_array<SuiteRule>({
    {SuiteFault::Null,
     Level::Error,
     {.id = "tls.suite-null",
      .source = "RFC 9325, 4.1",
      .why = {"nothing is encrypted: everybody on the way reads along",
              "nichts wird verschlüsselt: jeder auf dem Weg liest mit"}},
     "eNULL",
     {"suites without encryption", "Suites ohne Verschlüsselung"}},
    {SuiteFault::Anonymous,
     Level::Error,
     {.id = "tls.suite-anonymous",
      .source = "RFC 5246, F.1.1.1",
      .why = {"nobody proves who the server is: anybody in between can be it",
              "niemand beweist, wer der Server ist: jeder dazwischen kann es sein"}},
     "aNULL",
     {"suites without a certificate", "Suites ohne Zertifikat"}},
    {SuiteFault::Export,
     Level::Error,
     {.id = "tls.suite-export",
      .source = "RFC 9325, 4.1; FREAK (2015)",
      .why = {"keys of 40 or 56 bits are found within hours", "Schlüssel von 40 oder 56 Bit sind in Stunden gefunden"}},
     "EXPORT",
     {"suites of export grade", "Suites der Export-Klasse"}},
    {SuiteFault::Des,
     Level::Error,
     {.id = "tls.suite-des",
      .source = "RFC 5469, 4",
      .why = {"keys of 56 bits are found within hours", "Schlüssel von 56 Bit sind in Stunden gefunden"}},
     "DES",
     {"suites with DES", "Suites mit DES"}},
    {SuiteFault::Rc4,
     Level::Error,
     {.id = "tls.suite-rc4",
      .source = "RFC 7465, 2",
      .why = {"RC4 is broken and forbidden in TLS", "RC4 ist gebrochen und in TLS verboten"}},
     "RC4",
     {"suites with RC4", "Suites mit RC4"}},
    {SuiteFault::ShortBlock,
     Level::Warning,
     {.id = "tls.suite-3des",
      .source = "RFC 9325, 4.1; Sweet32 (2016)",
      .why = {"blocks of 64 bits repeat after some gigabytes and give away what was in them",
              "Blöcke von 64 Bit wiederholen sich nach einigen Gigabyte und verraten ihren Inhalt"}},
     "3DES:IDEA",
     {"suites with blocks of 64 bits", "Suites mit 64-Bit-Blöcken"}},
});

constexpr Words kTakeOut = {"take them out of the server's configuration (Mozilla's \"intermediate\" has none of them)",
                            "sie aus der Konfiguration des Servers nehmen (Mozillas „intermediate“ hat keine davon)"};

Message to_message(const Words& words) {
  return {std::string(words.en), std::string(words.de)};
}

const VersionOffer* offer_of(const Offers& offers, TlsVersion version) {
  auto found = std::ranges::find(offers, version, &VersionOffer::version);
  return found == offers.end() ? nullptr : &*found;
}

template <class Condition>
std::vector<std::string> suites_that(const Offers& offers, Condition condition) {
  std::vector<std::uint16_t> codes;
  for (const VersionOffer& offer : offers) {
    for (std::uint16_t suite : offer.suites) {
      if (condition(suite) && std::ranges::find(codes, suite) == codes.end()) codes.push_back(suite);
    }
  }
  std::vector<std::string> names;
  names.reserve(codes.size());
  for (std::uint16_t code : codes) names.push_back(suite_name(code));
  return names;
}

// Whether it is known which of today's versions it takes, and which it prefers.
bool knows_newest(const TlsPicture& picture) {
  return picture.is_known(TlsVersion::Tls12) && picture.is_known(TlsVersion::Tls13);
}

void tell_old_versions(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  const Offers& offers = picture.versions;
  bool has_ssl3 = offer_of(offers, TlsVersion::Ssl3) != nullptr;
  std::vector<std::string> old;
  for (TlsVersion version : {TlsVersion::Tls10, TlsVersion::Tls11}) {
    if (offer_of(offers, version)) old.emplace_back(name_of(version));
  }
  if (offers.back().version < TlsVersion::Tls12 && knows_newest(picture)) {
    std::string newest(name_of(offers.back().version));
    path.tell(finding_on(subject, kOnlyOld, Level::Error,
                         {cat("the newest version that the server takes is ", newest),
                          cat("die neueste Version, die der Server nimmt, ist ", newest)},
                         {"switch on TLS 1.2 and 1.3, or update the server",
                          "TLS 1.2 und 1.3 einschalten, oder den Server aktualisieren"}));
  }
  if (has_ssl3) {
    Finding finding = finding_on(subject, kSsl3, Level::Error, {"the server takes SSL 3.0", "der Server nimmt SSL 3.0"},
                                 {"switch SSL 3.0 off", "SSL 3.0 abschalten"});
    finding.command = s_client_command(subject.destination, {"-ssl3"});
    path.tell(std::move(finding));
  }
  if (old.empty()) return;
  std::string names = joined(old, ", ");
  Finding finding = finding_on(subject, kOldVersion, Level::Warning,
                               {cat("the server takes ", names), cat("der Server nimmt ", names)},
                               {"switch off everything before TLS 1.2", "alles vor TLS 1.2 abschalten"});
  finding.command = s_client_command(subject.destination,
                                     {old.front() == "TLS 1.0" ? "-tls1" : "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"});
  path.tell(std::move(finding));
}

void tell_new_version(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  const Offers& offers = picture.versions;
  const VersionOffer* newest = offer_of(offers, TlsVersion::Tls13);
  if (!newest && picture.is_known(TlsVersion::Tls13) && offer_of(offers, TlsVersion::Tls12)) {
    Finding finding = finding_on(subject, kNoTls13, Level::Note,
                                 {"the server does not take TLS 1.3", "der Server nimmt TLS 1.3 nicht"},
                                 {"switch TLS 1.3 on", "TLS 1.3 einschalten"});
    finding.command = s_client_command(subject.destination, {"-tls1_3"});
    path.tell(std::move(finding));
  }
  if (newest && offers.size() == 1 && picture.is_known(TlsVersion::Tls12))
    path.tell(finding_on(subject, kOnlyTls13, Level::Note,
                         {"the server takes TLS 1.3 only", "der Server nimmt nur TLS 1.3"},
                         {"leave it, unless such clients are in use; then switch TLS 1.2 on as well",
                          "so lassen, wenn es solche Clients nicht gibt; sonst auch TLS 1.2 einschalten"}));
}

void tell_suites(const TlsSubject& subject, const Offers& offers, Path& path) {
  for (const SuiteRule& rule : kSuiteRules) {
    std::vector<std::string> bad =
        suites_that(offers, [&](std::uint16_t suite) { return fault_of(suite) == rule.fault; });
    if (bad.empty()) continue;
    Finding finding = finding_on(subject, rule.check, rule.level,
                                 {cat("the server takes ", rule.are.en, " (", bad.size(), ')'),
                                  cat("der Server nimmt ", rule.are.de, " (", bad.size(), ')')},
                                 to_message(kTakeOut));
    finding.command = s_client_command(subject.destination, {"-tls1_2", "-cipher", cat(rule.cipher, "@SECLEVEL=0")});
    finding.evidence.push_back({.name = {"suites", "Suites"}, .value = joined(bad, ", ")});
    path.tell(std::move(finding));
  }
}

void tell_kinds(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  const Offers& offers = picture.versions;
  bool knows_all = knows_newest(picture) && std::ranges::all_of(offers, &VersionOffer::all_suites);
  auto has_none = [&](auto condition) { return knows_all && suites_that(offers, condition).empty(); };
  if (has_none(is_aead))
    path.tell(finding_on(subject, kCbcOnly, Level::Warning,
                         {"the server takes no suite with GCM, CCM or ChaCha20-Poly1305",
                          "der Server nimmt keine Suite mit GCM, CCM oder ChaCha20-Poly1305"},
                         {"add suites with AES-GCM", "Suites mit AES-GCM hinzufügen"}));
  if (has_none(is_forward_secret)) {
    path.tell(finding_on(subject, kNoForwardSecrecy, Level::Warning,
                         {"the server takes no suite with (EC)DHE", "der Server nimmt keine Suite mit (EC)DHE"},
                         {"add suites with ECDHE", "Suites mit ECDHE hinzufügen"}));
    return;
  }
  std::vector<std::string> fixed = suites_that(offers, [](std::uint16_t suite) { return !is_forward_secret(suite); });
  if (fixed.empty()) return;
  Finding finding = finding_on(subject, kStaticRsa, Level::Note,
                               {cat("the server takes ", fixed.size(), " suites without (EC)DHE"),
                                cat("der Server nimmt ", fixed.size(), " Suites ohne (EC)DHE")},
                               to_message(kTakeOut));
  finding.command = s_client_command(subject.destination, {"-tls1_2", "-cipher", "kRSA"});
  finding.evidence.push_back({.name = {"suites", "Suites"}, .value = joined(fixed, ", ")});
  path.tell(std::move(finding));
}

void tell_keys(const TlsSubject& subject, const Offers& offers, Path& path) {
  constexpr unsigned kLeastDh = 2048, kBrokenDh = 1024;
  constexpr auto kSha1Schemes = std::to_array<std::uint16_t>({0x0201, 0x0202, 0x0203});
  unsigned bits = 0;
  bool sha1 = false;
  for (const VersionOffer& offer : offers) {
    if (offer.dh_bits > 0 && (bits == 0 || offer.dh_bits < bits)) bits = offer.dh_bits;
    sha1 |= std::ranges::any_of(offer.signatures, [&](std::uint16_t scheme) {
      return std::ranges::find(kSha1Schemes, scheme) != kSha1Schemes.end();
    });
  }
  if (bits > 0 && bits < kLeastDh) {
    Finding finding =
        finding_on(subject, kWeakDh, bits < kBrokenDh ? Level::Error : Level::Warning,
                   {cat("the group for DHE has ", bits, " bits"), cat("die Gruppe für DHE hat ", bits, " Bit")},
                   {"take a group of 2048 bits or more (ffdhe2048), or leave DHE out",
                    "eine Gruppe ab 2048 Bit nehmen (ffdhe2048), oder DHE weglassen"});
    finding.command = s_client_command(subject.destination, {"-tls1_2", "-cipher", "DHE@SECLEVEL=0"});
    path.tell(std::move(finding));
  }
  if (sha1)
    path.tell(finding_on(
        subject, kSha1Signature, Level::Warning,
        {"the server signs its key exchange with SHA-1", "der Server signiert seinen Schlüsselaustausch mit SHA-1"},
        {"update the server, or permit it SHA-256", "den Server aktualisieren, oder ihm SHA-256 erlauben"}));
}

// What extensions say, of the newest version before TLS 1.3.
void tell_extensions(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  const Offers& offers = picture.versions;
  const VersionOffer* last = nullptr;
  for (const VersionOffer& offer : offers) {
    if (offer.version < TlsVersion::Tls13) last = &offer;
  }
  if (!last) return;
  if (std::ranges::any_of(offers, &VersionOffer::compression))
    path.tell(finding_on(subject, kCompression, Level::Error,
                         {"the server compresses in TLS", "der Server komprimiert in TLS"},
                         {"switch compression of TLS off", "Komprimierung in TLS abschalten"}));
  if (!last->secure_renegotiation && last->version > TlsVersion::Ssl3) {
    bool only = offers.back().version == last->version && picture.is_known(TlsVersion::Tls13);
    Finding finding =
        finding_on(subject, kRenegotiation, only ? Level::Error : Level::Warning,
                   {"the server does not support secure renegotiation", "der Server kann keine sichere Neuaushandlung"},
                   {"update the server", "den Server aktualisieren"});
    finding.command = s_client_command(subject.destination, {"-tls1_2"});
    if (only) finding.clients = {pki::ClientKind::OpenSsl};
    path.tell(std::move(finding));
  }
  if (!last->extended_master_secret && last->version == TlsVersion::Tls12) {
    Finding finding = finding_on(
        subject, kNoExtendedSecret, Level::Warning,
        {"the server does not support the extended master secret", "der Server kann kein Extended Master Secret"},
        {"update the server, or what stands in front of it", "den Server aktualisieren, oder was vor ihm steht"});
    finding.command = s_client_command(subject.destination, {"-tls1_2"});
    path.tell(std::move(finding));
  }
}

Message order_text(const VersionOffer& offer) {
  if (!offer.server_order) return {"", ""};
  return *offer.server_order ? Message{", the server's order", ", Reihenfolge des Servers"}
                             : Message{", the client's order", ", Reihenfolge des Clients"};
}

void sum_up(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  std::vector<std::string> versions;
  Finding finding = finding_on(subject, kOffer, Level::Ok, {}, {});
  for (const VersionOffer& offer : picture.versions) {
    versions.emplace_back(name_of(offer.version));
    std::vector<std::string> suites, groups;
    for (std::uint16_t suite : offer.suites) suites.push_back(suite_name(suite));
    for (std::uint16_t group : offer.groups) groups.push_back(group_name(group));
    if (!offer.all_suites) suites.emplace_back("…");
    if (!groups.empty() && !offer.all_groups) groups.emplace_back("…");
    Message order = order_text(offer);
    finding.evidence.push_back({.name = {cat(name_of(offer.version), order.en), cat(name_of(offer.version), order.de)},
                                .value = joined(suites, ", ")});
    if (!groups.empty())
      finding.evidence.push_back(
          {.name = {cat(name_of(offer.version), ", groups"), cat(name_of(offer.version), ", Gruppen")},
           .value = joined(groups, ", ")});
  }
  if (picture.negotiated) {
    const Negotiated& got = *picture.negotiated;
    finding.evidence.push_back({.name = {"negotiated", "vereinbart"},
                                .value = cat(got.version, ' ', got.cipher, ' ', got.group, ' ', got.protocol)});
  }
  if (picture.foreign_name == NameAnswer::Same)
    finding.evidence.push_back({.name = {"takes any name", "nimmt jeden Namen"}, .value = std::string(kForeignName)});
  std::string all = joined(versions, ", ");
  finding.seen = {cat("the server takes ", all), cat("der Server nimmt ", all)};
  path.tell(std::move(finding));
}

}  // namespace

void tell_offer(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  const Offers& offers = picture.versions;
  if (offers.empty()) return;
  tell_old_versions(subject, picture, path);
  tell_suites(subject, offers, path);
  tell_kinds(subject, picture, path);
  tell_keys(subject, offers, path);
  tell_extensions(subject, picture, path);
  tell_new_version(subject, picture, path);
  sum_up(subject, picture, path);
}

}  // namespace pforte::doctor
