#include "doctor/tls_client_check.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "doctor/tls_finding.h"
#include "doctor/tls_suites.h"

namespace pforte::doctor {
namespace {

using Suites = std::span<const std::uint16_t>;

constexpr std::uint16_t kNew[] = {0x1301, 0x1302, 0x1303};
// ECDHE with AES-GCM and ChaCha20-Poly1305, then with CBC and SHA-1, then RSA.
constexpr std::uint16_t kOfChromium[] = {0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009,
                                         0xc013, 0xc00a, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
constexpr std::uint16_t kOfAppTransport[] = {0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0xc030,
                                             0xc02f, 0xc028, 0xc027, 0xc014, 0xc013, 0xcca9, 0xcca8};
constexpr std::uint16_t kOfAndroid[] = {0xc02b, 0xc02c, 0xcca9, 0xc02f, 0xc030, 0xcca8, 0xc009,
                                        0xc00a, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035};
constexpr std::uint16_t kOfJava8[] = {
    0xc024, 0xc028, 0x003d, 0xc026, 0xc02a, 0x006b, 0x006a, 0xc00a, 0xc014, 0x0035, 0xc005, 0xc00f, 0x0039, 0x0038,
    0xc023, 0xc027, 0x003c, 0xc025, 0xc029, 0x0067, 0x0040, 0xc009, 0xc013, 0x002f, 0xc004, 0xc00e, 0x0033, 0x0032,
    0xc02c, 0xc02b, 0xc030, 0x009d, 0xc02e, 0xc032, 0x009f, 0x00a3, 0xc02f, 0x009c, 0xc02d, 0xc031, 0x009e, 0x00a2};
constexpr std::uint16_t kOfJava17[] = {0xc02c, 0xc02b, 0xcca9, 0xc030, 0xcca8, 0xc02f, 0x009f, 0xccaa, 0x00a3,
                                       0x009e, 0x00a2, 0xc024, 0xc028, 0xc023, 0xc027, 0x006b, 0x006a, 0x0067,
                                       0x0040, 0xc02e, 0xc032, 0xc02d, 0xc031, 0xc026, 0xc02a, 0xc025, 0xc029,
                                       0xc00a, 0xc014, 0xc009, 0xc013, 0x0039, 0x0038, 0x0033, 0x0032, 0xc005,
                                       0xc00f, 0xc004, 0xc00e, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f};
constexpr std::uint16_t kOfOpenSsl[] = {0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e,
                                        0xc024, 0xc028, 0x006b, 0xc023, 0xc027, 0x0067, 0xc00a, 0xc014, 0x0039,
                                        0xc009, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f};

constexpr std::uint16_t kUsualGroups[] = {29, 23, 24};
constexpr std::uint16_t kGroupsOfJava8[] = {23, 24, 25};
constexpr std::uint16_t kGroupsOfLibraries[] = {29, 23, 24, 25, 30, 256, 257, 258};

// A program as it comes, by what it offers.
struct Client {
  pki::ClientKind kind;
  std::string_view name;
  std::string_view source;
  bool tls13;
  Suites suites;  // of TLS 1.2
  std::span<const std::uint16_t> groups;
  unsigned least_dh = 0;  // bits; 0: it takes DHE of any size, or none at all
  bool of_today = true;   // else it is some years old
};

constexpr auto kClients = std::to_array<Client>({
    {pki::ClientKind::Browser, "Chromium, Firefox, Safari",
     "Chromium 84, Firefox 78, Safari 14: TLS 1.2 and newer; no DHE, no 3DES, no RC4", true, kOfChromium, kUsualGroups},
    {pki::ClientKind::App, "iOS", "Apple, Preventing Insecure Network Connections (NSAppTransportSecurity)", true,
     kOfAppTransport, kUsualGroups},
    {pki::ClientKind::App, "Android 10", "Android, SSLSocket, default cipher suites of API level 29", true, kOfAndroid,
     kUsualGroups},
    {pki::ClientKind::Java, "Java 17", "JDK 17, jdk.tls.disabledAlgorithms and SunJSSE provider", true, kOfJava17,
     kGroupsOfLibraries, 1024},
    {pki::ClientKind::OpenSsl, "OpenSSL 3 (Debian)", "OpenSSL 3.0, SSL_CTX_set_security_level, level 2", true,
     kOfOpenSsl, kGroupsOfLibraries, 2048},
    {pki::ClientKind::App, "Android 9", "Android, SSLSocket, default cipher suites of API level 28", false, kOfAndroid,
     kUsualGroups, 0, false},
    {pki::ClientKind::Java, "Java 8 before 8u261", "JDK 8, SunJSSE provider; JDK-8248721", false, kOfJava8,
     kGroupsOfJava8, 1024, false},
});

constexpr Check kShutOut{.id = "tls.client-shut-out",
                         .source = "",
                         .why = {"without a suite in common there is no handshake, whatever the certificate is",
                                 "ohne gemeinsame Suite gibt es keinen Handshake, wie auch immer das Zertifikat ist"}};
constexpr Check kOldClientShutOut{.id = "tls.old-client-shut-out",
                                  .source = "",
                                  .why = {"it matters only where such clients are still in use",
                                          "das ist nur wichtig, wo es solche Clients noch gibt"}};

bool have_common(std::span<const std::uint16_t> one, std::span<const std::uint16_t> other) {
  return std::ranges::any_of(one, [&](std::uint16_t code) { return std::ranges::find(other, code) != other.end(); });
}

enum class Entry : std::uint8_t { Refused, Unknown, Let };

Entry by_groups(const Client& client, const VersionOffer& offer) {
  if (have_common(client.groups, offer.groups)) return Entry::Let;
  if (!offer.all_groups) return Entry::Unknown;
  return offer.groups.empty() ? Entry::Let : Entry::Refused;
}

Entry with_suite(const Client& client, const VersionOffer& offer, std::uint16_t suite) {
  if (std::ranges::find(client.suites, suite) == client.suites.end()) return Entry::Refused;
  switch (exchange_of(suite)) {
    case Exchange::Dhe:
      return offer.dh_bits == 0 || offer.dh_bits >= client.least_dh ? Entry::Let : Entry::Refused;
    case Exchange::Ecdhe:
      return by_groups(client, offer);
    default:
      return Entry::Let;
  }
}

Entry by_offer(const Client& client, const VersionOffer& offer) {
  bool is_new = offer.version == TlsVersion::Tls13;
  if (offer.version < TlsVersion::Tls12 || (is_new && !client.tls13)) return Entry::Refused;
  Entry best = offer.all_suites ? Entry::Refused : Entry::Unknown;
  if (is_new) return have_common(kNew, offer.suites) ? by_groups(client, offer) : best;
  for (std::uint16_t suite : offer.suites) best = std::max(best, with_suite(client, offer, suite));
  return best;
}

Entry entry_of(const Client& client, const TlsPicture& picture) {
  bool in_doubt = !picture.is_known(TlsVersion::Tls12) || (client.tls13 && !picture.is_known(TlsVersion::Tls13));
  Entry best = in_doubt ? Entry::Unknown : Entry::Refused;
  for (const VersionOffer& offer : picture.versions) best = std::max(best, by_offer(client, offer));
  return best;
}

bool is_asked_for(const TlsSubject& subject, const Client& client) {
  return std::ranges::find(subject.clients, client.kind) != subject.clients.end();
}

}  // namespace

void tell_clients_shut_out(const TlsSubject& subject, const TlsPicture& picture, Path& path) {
  for (const Client& client : kClients) {
    if (!is_asked_for(subject, client) || entry_of(client, picture) != Entry::Refused) continue;
    Check check = client.of_today ? kShutOut : kOldClientShutOut;
    check.source = client.source;
    Finding finding = finding_on(
        subject, check, client.of_today ? Level::Error : Level::Note,
        {cat(client.name, " and the server have no version, cipher suite and group in common"),
         cat(client.name, " und der Server haben keine Version, Cipher Suite und Gruppe gemeinsam")},
        {"switch on TLS 1.2 and 1.3 with ECDHE, AES-GCM and x25519 or secp256r1 (Mozilla's \"intermediate\")",
         "TLS 1.2 und 1.3 mit ECDHE, AES-GCM und x25519 oder secp256r1 einschalten (Mozillas „intermediate“)"});
    finding.clients = {client.kind};
    path.tell(std::move(finding));
  }
}

std::vector<std::string> clients_in_doubt(const TlsSubject& subject, const TlsPicture& picture) {
  std::vector<std::string> names;
  for (const Client& client : kClients) {
    if (is_asked_for(subject, client) && entry_of(client, picture) == Entry::Unknown) names.emplace_back(client.name);
  }
  return names;
}

}  // namespace pforte::doctor
