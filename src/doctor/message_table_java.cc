#include <array>

#include "doctor/message_table.h"

namespace pforte::doctor {
namespace {

constexpr auto kJavaTls = std::to_array<KnownMessage>({
    {"unable to find valid certification path to requested target", "untrusted-issuer"},
    {"PKIX path building failed", "untrusted-issuer"},
    {"Path does not chain with any of the trust anchors", "untrusted-issuer"},
    {"No trusted certificate found", "untrusted-issuer"},
    {"trustAnchors parameter must be non-empty", "empty-trust-store"},
    {"Keystore was tampered with, or password was incorrect", "store-password"},
    {"keystore password was incorrect", "store-password"},
    {"No subject alternative DNS name matching", "wrong-name"},
    {"No subject alternative names matching", "wrong-name"},
    {"No name matching", "names-missing"},
    {"No subject alternative names present", "names-missing"},
    {"doesn't match any of the subject alternative names", "wrong-name"},
    {"doesn't match common name of the certificate subject", "names-missing"},
    {"CertificateExpiredException", "expired"},
    {"validity check failed", "expired"},
    {"CertificateNotYetValidException", "not-yet-valid"},
    {"CertificateRevokedException", "revoked"},
    {"Certificate has been revoked", "revoked"},
    {"Could not determine revocation status", "revocation-unknown"},
    {"Unable to determine revocation status", "revocation-unknown"},
    {"Certificates do not conform to algorithm constraints", "weak-certificate"},
    {"Algorithm constraints check failed", "weak-certificate"},
    {"subject/issuer name chaining check failed", "malformed-certificate"},
    {"signature check failed", "malformed-certificate"},
    {"basic constraints check failed", "wrong-purpose"},
    {"Extended key usage does not permit use for TLS server authentication", "wrong-purpose"},
    {"KeyUsage does not allow", "wrong-purpose"},
    {"name constraints check failed", "name-constraints"},
    {"Received fatal alert: handshake_failure", "nothing-in-common"},
    {"Received fatal alert: insufficient_security", "nothing-in-common"},
    {"no cipher suites in common", "nothing-in-common"},
    {"No appropriate protocol", "no-common-version"},
    {"Received fatal alert: protocol_version", "no-common-version"},
    {"The server selected protocol version", "no-common-version"},
    {"is not supported or enabled", "no-common-version"},
    {"Client requested protocol", "no-common-version"},
    {"Received fatal alert: unrecognized_name", "unknown-host"},
    {"handshake alert: unrecognized_name", "unknown-host"},
    {"Received fatal alert: certificate_required", "client-certificate-wanted"},
    {"Received fatal alert: no_application_protocol", "no-common-protocol"},
    {"Received fatal alert: bad_record_mac", "changed-on-the-way"},
    {"Received fatal alert: decrypt_error", "changed-on-the-way"},
    {"Unsupported or unrecognized SSL message", "not-tls"},
    {"Unrecognized SSL message, plaintext connection", "not-tls"},
    {"Remote host terminated the handshake", "cut-in-handshake"},
    {"Remote host closed connection during handshake", "cut-in-handshake"},
    {"SSL peer shut down incorrectly", "cut-in-handshake"},
    {"DH ServerKeyExchange does not comply to algorithm constraints", "weak-key-exchange"},
    {"Could not generate DH keypair", "weak-key-exchange"},
    {"Unable to tunnel through proxy", "proxy-refuses"},
    {"returns \"HTTP/1.1 407", "proxy-sign-in"},
    {"UnknownHostException", "name-not-found"},
    {"NoRouteToHostException", "unreachable"},
    {"Connect timed out", "timed-out"},
    {"Read timed out", "timed-out"},
    {"SocketTimeoutException", "timed-out"},
    {"HttpConnectTimeoutException", "timed-out"},
    {"Connection reset", "connection-cut"},
    {"HTTP/1.1 header parser received no bytes", "no-usable-answer"},
    {"Unexpected end of file from server", "no-usable-answer"},
    {"SSLHandshakeException", "handshake-failed"},
    {"SSLPeerUnverifiedException", "certificate-refused"},
    {"ValidatorException", "certificate-refused"},
    {"SSLException", "handshake-failed"},
});

// Java says it of a wrong password too.
constexpr auto kOfPassword = std::to_array<std::string_view>({"preauth_failed"});

constexpr auto kJavaKerberos = std::to_array<KnownMessage>({
    {"Cannot find key of appropriate type to decrypt AP", "key-missing"},
    {"Cannot find key for type/kvno to decrypt", "key-missing"},
    {"Specified version of key is not available", "key-missing"},
    {"Invalid argument (400) - Cannot find key", "key-missing"},
    {"Key for the principal", "key-missing"},
    {"Checksum failed", "wrong-key"},
    {"Integrity check on decrypted field failed", "wrong-key", "", kOfPassword},
    {"Pre-authentication information was invalid", "wrong-password"},
    {"Identifier doesn't match expected value (906)", "unknown-service"},
    {"Fail to create credential. (63) - No service creds", "unknown-service"},
    {"Clients credentials have been revoked", "account-unusable"},
    {"Password has expired - change password to reset", "password-expired"},
    {"Encryption type AES256 CTS mode with HMAC SHA1-96 is not supported/enabled", "no-common-encryption"},
    {"is not supported/enabled", "no-common-encryption"},
    {"no supported default etypes", "no-common-encryption"},
    {"Defective token detected", "not-a-ticket"},
    {"GSSHeader did not find the right tag", "not-a-ticket"},
    {"No valid credentials provided", "no-ticket"},
    {"Failed to find any Kerberos tgt", "no-ticket"},
    {"Failed to find any Kerberos credentails", "no-ticket"},
    {"Unable to obtain password from user", "keytab-unreadable"},
    {"Unable to obtain Principal Name for authentication", "no-ticket"},
    {"Cannot locate KDC", "kdc-unreachable"},
    {"Cannot locate default realm", "kdc-unreachable"},
    {"Receive timed out", "kdc-unreachable"},
    {"Failure unspecified at GSS-API level", "kerberos-failed"},
    {"GSSException", "kerberos-failed"},
    {"KrbException", "kerberos-failed"},
    {"LoginException", "kerberos-failed"},
});

constexpr auto kJavaGroups = std::to_array<MessageGroup>({
    {{"Java: TLS", "Java: TLS"},
     "OpenJDK, sun.security.validator, sun.security.provider.certpath, sun.security.ssl, sun.security.util."
     "HostnameChecker; Apache HttpClient, DefaultHostnameVerifier",
     kJavaTls},
    {{"Java: Kerberos", "Java: Kerberos"},
     "OpenJDK, sun.security.krb5.internal.KrbApErrException, Krb5, sun.security.jgss",
     kJavaKerberos},
});

}  // namespace

std::span<const MessageGroup> java_messages() {
  return kJavaGroups;
}

}  // namespace pforte::doctor
