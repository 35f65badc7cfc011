#include "doctor/client_message.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/text.h"

namespace pforte::doctor {
namespace {

std::vector<MessageGroup> all_groups() {
  std::vector<MessageGroup> all;
  for (std::span<const MessageGroup> groups : all_messages()) all.insert(all.end(), groups.begin(), groups.end());
  return all;
}

std::vector<MessageFault> all_faults() {
  std::vector<MessageFault> all;
  for (std::span<const MessageFault> faults :
       {certificate_faults(), handshake_faults(), connection_faults(), kerberos_faults(), gate_faults()})
    all.insert(all.end(), faults.begin(), faults.end());
  return all;
}

std::string first_fault(std::string_view message) {
  MessageReading reading = read_message(message);
  return reading.recognised.empty() ? "" : std::string(reading.recognised.front().fault->id);
}

TEST_CASE("what clients say is told by what it means, the most definite first") {
  struct Said {
    std::string_view message, fault;
  };
  const Said rows[] = {
      {"NET::ERR_CERT_AUTHORITY_INVALID", "untrusted-issuer"},
      {"Your connection is not private\nNET::ERR_CERT_COMMON_NAME_INVALID", "wrong-name"},
      {"Error code: SSL_ERROR_RX_RECORD_TOO_LONG", "not-tls"},
      {"Fehlercode: MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", "self-signed"},
      {"Fehlercode: SEC_ERROR_OCSP_UNKNOWN_CERT", "revocation-unknown"},
      {"javax.net.ssl.SSLHandshakeException: PKIX path building failed:\n\tsun.security.provider.certpath."
       "SunCertPathBuilderException: unable to find valid certification\n path to requested target",
       "untrusted-issuer"},
      {"java.security.cert.CertificateException: No subject alternative DNS name matching crm.example.com found.",
       "wrong-name"},
      {"javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version", "no-common-version"},
      {"GSSException: Failure unspecified at GSS-API level (Mechanism level: Checksum failed)", "wrong-key"},
      {"GSSException: Failure unspecified at GSS-API level (Mechanism level: Invalid argument (400) - Cannot find key "
       "of appropriate type to decrypt AP REP - AES256 CTS mode with HMAC SHA1-96)",
       "key-missing"},
      {"GSSException: Defective token detected (Mechanism level: GSSHeader did not find the right tag)",
       "not-a-ticket"},
      {"KrbException: Clock skew too great (37)", "clock-skew"},
      {"curl: (60) SSL certificate problem: unable to get local issuer certificate", "untrusted-issuer"},
      {"verify error:num=62:hostname mismatch", "wrong-name"},
      {"schannel: SEC_E_UNTRUSTED_ROOT (0x80090325)", "untrusted-issuer"},
      {"Win32Exception (0x80090322): The target principal name is incorrect", "wrong-key"},
      {"The remote certificate is invalid because of errors in the certificate chain: PartialChain",
       "untrusted-issuer"},
      {"Error Domain=NSURLErrorDomain Code=-1202 \"The certificate for this server is invalid.\"",
       "certificate-refused"},
      {"NSURLErrorDomain, -1203", "untrusted-issuer"},
      {"_kCFStreamErrorCodeKey=-9814", "expired"},
      {"java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.",
       "untrusted-issuer"},
      {"CLEARTEXT communication to crm.example.com not permitted by network security policy", "cleartext-forbidden"},
      {"net::ERR_CLEARTEXT_NOT_PERMITTED", "cleartext-forbidden"},
      {"kinit: Pre-authentication failed: Invalid argument while getting initial credentials", "wrong-password"},
      {"KDC_ERR_ETYPE_NOSUPP", "no-common-encryption"},
      {"kvno: Server not found in Kerberos database while getting credentials", "unknown-service"},
      {"This site can\u2019t be reached. ERR_CONNECTION_REFUSED", "refused"},
      {"Es konnte keine Vertrauensstellung für den sicheren SSL/TLS-Kanal eingerichtet werden", "certificate-refused"},
      {"DNS_PROBE_FINISHED_NXDOMAIN", "name-not-found"},
      {"DNS_PROBE_FINISHED_NO_INTERNET", "offline"},
      {"Safari can\u2019t establish a secure connection to the server", "handshake-failed"},
      {"Safari can't establish a secure connection to the server", "handshake-failed"},
      {"SSL_ERROR_INTERNAL_ERROR_ALERT", "handshake-failed"},
      {"remote error: tls: unrecognized name", "unknown-host"},
      {"The remote name could not be resolved: 'crm.example.com'", "name-not-found"},
      {"Der Remotename konnte nicht aufgelöst werden", "name-not-found"},
      {"Für den geschützten SSL/TLS-Kanal konnte keine Vertrauensstellung hergestellt werden.", "certificate-refused"},
      {"Could not establish secure channel for SSL/TLS with authority 'crm.example.com'.", "handshake-failed"},
      {"A certificate chain processed, but terminated in a root certificate which is not trusted by the trust "
       "provider.",
       "untrusted-issuer"},
      {"0x80072F8F", "certificate-refused"},
      {"0x80072EE7", "name-not-found"},
      {"0x80072EFD", "refused"},
      {"0x80072EE2", "timed-out"},
      {"0x80072F06", "wrong-name"},
      {"0x80072F0D", "untrusted-issuer"},
      {"WinHTTP 12007", "name-not-found"},
      {"WinHttpSendRequest: error 12029", "refused"},
      {"SocketException: Failed host lookup: 'crm.example.com'", "name-not-found"},
      {"Unable to locally verify the issuer's authority.", "untrusted-issuer"},
      {"407 Proxy Authentication Required", "proxy-sign-in"},
      {"HTTP Error 400. The size of the request headers is too long.", "head-too-large"},
      {"Event 4768, Result Code: 0x6", "unknown-principal"},
      {"No access to this page", "no-access"},
      {"Kein Zugriff auf diese Seite", "no-access"},
      {"User name or password is wrong. Please try again.", "wrong-login"},
      {"This page was open for too long, or your browser blocks its cookie.", "form-too-old"},
      {"Single Sign-on hat nicht geklappt. Sie können sich mit Ihrem Passwort anmelden.", "sso-failed"},
      {R"({"status": 401, "code": "sign-in.needed"})", "sign-in-needed"},
      {"backend.connect-timeout", "gate-code"},
      {"backend.connect-timeout ETIMEDOUT", "timed-out"},
      {"This site can\u2019t be reached", "not-reached"},
      {"Diese Website ist nicht erreichbar", "not-reached"},
      {"This site can't be reached. app.localhost refused to connect.", "refused"},
      {"app.localhost hat die Verbindung abgelehnt.", "refused"},
      {"app.localhost took too long to respond.", "timed-out"},
      {"app.localhost\u2019s server IP address could not be found.", "name-not-found"},
      {"Unable to connect", "not-reached"},
      {"Fehler: Verbindung fehlgeschlagen", "not-reached"},
      {"Unable to connect. Firefox can\u2019t establish a connection to the server at app.localhost.", "refused"},
      {"The connection has timed out", "timed-out"},
      {"curl: (60)", "certificate-refused"},
      {"curl: (7)", "not-reached"},
      {"curl: (7) Failed to connect to app.localhost port 8443: Connection refused", "refused"},
      {"4771 Kerberos pre-authentication failed 0x18", "wrong-password"},
  };
  for (const Said& row : rows) {
    CAPTURE(row.message);
    CHECK(first_fault(row.message) == row.fault);
  }
}

TEST_CASE("a message that says why keeps out what says only that") {
  MessageReading reading = read_message(
      "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path to "
      "requested target");
  REQUIRE(reading.recognised.size() == 1);
  CHECK(reading.recognised[0].message->says == "unable to find valid certification path to requested target");
}

TEST_CASE("what stands beside a code tells which of its meanings is meant") {
  struct Meant {
    std::string_view message;
    std::vector<std::string_view> faults;
  };
  const Meant rows[] = {
      {"curl: (60) schannel: SNI or certificate check failed: SEC_E_WRONG_PRINCIPAL (0x80090322)", {"wrong-name"}},
      {"provider: SSL Provider, error: 0 - The target principal name is incorrect.", {"wrong-name"}},
      {"0x80090322", {"wrong-key", "wrong-name"}},
      {"-2146893022", {"wrong-key", "wrong-name"}},
      {"kinit: Client 'x@ALPHA.TEST' not found in Kerberos database while getting initial credentials",
       {"unknown-principal"}},
      {"Client 'x$@ALPHA.TEST' not found in Kerberos database", {"unknown-principal"}},
      {"Server HTTP/crm@ALPHA.TEST not found in Kerberos database", {"unknown-service"}},
      {"KrbException: Integrity check on decrypted field failed (31) - PREAUTH_FAILED", {"wrong-password"}},
      {"KrbException: Integrity check on decrypted field failed (31)", {"wrong-key"}},
      {"port 12007", {}},
      {"signature not verified", {}},
      {"Hostname crm.example.com not verified", {"wrong-name"}},
  };
  for (const Meant& row : rows) {
    CAPTURE(row.message);
    std::vector<std::string_view> faults;
    for (const RecognisedMessage& one : read_message(row.message).recognised) faults.push_back(one.fault->id);
    CHECK(faults == row.faults);
  }
}

TEST_CASE("what several kinds of clients say is of none of them alone") {
  auto speaker = [](std::string_view message) { return read_message(message).recognised.at(0).group->speaker.en; };
  CHECK(speaker("kinit: Clock skew too great while getting initial credentials") == "Kerberos: kinit, servers, Java");
  CHECK(speaker("[SSL: TLSV1_ALERT_PROTOCOL_VERSION]").starts_with("OpenSSL, BoringSSL"));
}

TEST_CASE("a part of a longer word is not recognised") {
  CHECK(first_fault("MY_ERR_CERT_REVOKED_2").empty());
  CHECK(first_fault("order 4711-12021").empty());
  CHECK(first_fault("it rains").empty());
  CHECK(first_fault("").empty());
}

TEST_CASE("the host that a client asked for is found where messages have it") {
  struct Asked {
    std::string_view message, host;
  };
  const Asked rows[] = {
      {"GET https://crm.example.com:8443/webclient failed", "crm.example.com"},
      {"No subject alternative DNS name matching crm.example.com found.", "crm.example.com"},
      {"An error occurred during a connection to crm.example.com:8443.", "crm.example.com"},
      {"curl: (6) Could not resolve host: crm.example.com", "crm.example.com"},
      {"certificate for <crm.example.com> doesn't match any", "crm.example.com"},
      {"Hostname crm.example.com not verified", "crm.example.com"},
      {"getaddrinfo ENOTFOUND crm.example.com", "crm.example.com"},
      {"Failed host lookup: 'crm.example.com'", "crm.example.com"},
      {"Server returned HTTP response code: 503 for URL: https://crm.example.com/x", "crm.example.com"},
      {"HTTP/1.1 403 Forbidden", ""},
      {"https://$(reboot)", ""},
      {"sun.security.validator.ValidatorException", ""},
  };
  for (const Asked& row : rows) {
    CAPTURE(row.message);
    CHECK(read_message(row.message).host == row.host);
  }
}

TEST_CASE("every code that a page of the gate can show is known") {
  std::ifstream handbook(std::filesystem::path(__FILE__).parent_path() / "../../docs/errors.md");
  std::size_t known = 0;
  for (std::string line; std::getline(handbook, line);) {
    if (!line.starts_with("| `")) continue;
    std::string code = line.substr(3, line.find('`', 3) - 3);
    auto is_of = [&](std::string_view subject) { return code.starts_with(subject); };
    bool is_shown = std::ranges::any_of(std::array{"http.", "http2.", "path.", "form.", "sign-in."}, is_of);
    if (!is_shown || code == "sign-in.logo") continue;
    CAPTURE(code);
    CHECK(!read_message(cat(R"({"status": 400, "code": ")", code, R"("})")).recognised.empty());
    ++known;
  }
  CHECK(known > 90);
}

TEST_CASE("the handbook says how many messages are known: some nine hundred") {
  std::size_t count = 0;
  for (const MessageGroup& group : all_groups()) count += group.messages.size();
  CHECK(count >= 850);
  CHECK(count < 950);
}

TEST_CASE("a status is known by its number and phrase, and by the words of Pforte's own pages") {
  CHECK(read_message("HTTP/1.1 502 Bad Gateway").status == 502);
  CHECK(read_message("HTTP Status 404 – Not Found").status == 404);
  CHECK(read_message("Die Anwendung brauchte zu lange").status == 504);
  CHECK(read_message("The request carries too much with it").status == 431);
  CHECK(read_message("Gateway Timeout").status == 504);
  CHECK(read_message(" 403\n").status == 403);
  CHECK(read_message("Error 403").status == 403);
  CHECK(read_message("Fehler 502: ...").status == 502);
  CHECK(read_message("room 403").status == 0);
  CHECK(read_message("error 4030").status == 0);
}

TEST_CASE("a reference of Pforte is found in page, field and problem document") {
  CHECK(read_message("Pforte-Reference: 7k3mz0v9xqwer").reference == "7k3mz0v9xqwer");
  CHECK(read_message("Referenz\n7k3mz0v9xqwer\n").reference == "7k3mz0v9xqwer");
  CHECK(read_message(R"("reference":"7k3mz0v9xqwer"})").reference == "7k3mz0v9xqwer");
  CHECK(read_message("for reference see page 7").reference.empty());
}

TEST_CASE("each message leads to a fault, and each fault is led to") {
  std::set<std::string_view> led_to;
  for (const MessageGroup& group : all_groups()) {
    CHECK_FALSE(group.source.empty());
    for (const KnownMessage& message : group.messages) {
      CAPTURE(message.says);
      CHECK(fault_named(message.fault) != nullptr);
      CHECK_FALSE(message.says.empty());
      led_to.insert(message.fault);
    }
  }
  for (const MessageFault& fault : all_faults()) {
    CAPTURE(fault.id);
    CHECK(led_to.contains(fault.id));
    CHECK_FALSE(fault.causes[0].en.empty());
    for (const Words& words : {fault.hop, fault.means, fault.remedy}) {
      CHECK_FALSE(words.en.empty());
      CHECK_FALSE(words.de.empty());
    }
    for (const Words& cause : fault.causes) CHECK(cause.en.empty() == cause.de.empty());
  }
}

TEST_CASE("no message stands twice in a group") {
  for (const MessageGroup& group : all_groups()) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const KnownMessage& message : group.messages) {
      CAPTURE(message.says);
      CHECK(seen.insert({message.says, message.beside}).second);
    }
  }
}

}  // namespace
}  // namespace pforte::doctor
