#include "pki/client_words.h"

#include <array>

// Chromium, Firefox and Java as measured (Chromium 156, Firefox ESR 153, JDK 17.0.15); iOS: SecBase.h, what
// SecTrustEvaluateWithError gives; Android: Conscrypt's TrustManagerImpl and ChainStrengthAnalyzer, and its hostname
// verifier. net error numbers: net/base/net_error_list.h.

namespace pforte::pki {
namespace {

constexpr std::string_view kAuthority = "net::ERR_CERT_AUTHORITY_INVALID (-202)";
constexpr std::string_view kDate = "net::ERR_CERT_DATE_INVALID (-201)";
constexpr std::string_view kInvalid = "net::ERR_CERT_INVALID (-207)";
constexpr std::string_view kName = "net::ERR_CERT_COMMON_NAME_INVALID (-200)";
constexpr std::string_view kUsage = "net::ERR_SSL_KEY_USAGE_INCOMPATIBLE (-181)";
constexpr std::string_view kTooLong = "errSecCertificateValidityPeriodTooLong (-67901)";
constexpr std::string_view kNotTrusted = "errSecNotTrusted (-67843)";
constexpr std::string_view kChain = "java.security.cert.CertificateException: Chain validation failed";
constexpr std::string_view kNoAnchor =
    "java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.";
constexpr std::string_view kUnacceptable = "java.security.cert.CertificateException: Unacceptable certificate";
constexpr std::string_view kNoPath =
    "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid "
    "certification path to requested target";
constexpr std::string_view kJavaDate =
    "PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed";

constexpr auto kClientWords = std::to_array<ClientWords>({
    {"cert.signature", Place::Anywhere, kAuthority, "SEC_ERROR_BAD_SIGNATURE", kNotTrusted, kNoAnchor,
     "PKIX path validation failed: java.security.cert.CertPathValidatorException: signature check failed"},
    {"cert.issuer-unknown", Place::Anywhere, kAuthority, "SEC_ERROR_UNKNOWN_ISSUER", kNotTrusted, kNoAnchor, kNoPath},
    {"cert.loop", Place::Anywhere, kAuthority, "SEC_ERROR_UNKNOWN_ISSUER", kNotTrusted, kNoAnchor, kNoPath},
    {"cert.self-signed", Place::Leaf, kAuthority, "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", kNotTrusted, kNoAnchor,
     kNoPath},
    {"cert.self-signed", Place::Above, kAuthority, "SEC_ERROR_UNKNOWN_ISSUER", kNotTrusted, kNoAnchor, kNoPath},
    {"cert.unknown-critical-extension", Place::Anywhere, kInvalid, "SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION",
     "errSecUnknownCriticalExtensionFlag (-67603)", kChain,
     "PKIX path validation failed: java.security.cert.CertPathValidatorException: unrecognized critical extension(s)"},
    {"cert.not-a-ca", Place::Anywhere, kInvalid, "SEC_ERROR_CA_CERT_INVALID", "errSecNoBasicConstraintsCA (-67605)",
     kChain,
     "PKIX path validation failed: java.security.cert.CertPathValidatorException: basic constraints check failed: this "
     "is not a CA certificate"},
    {"cert.path-length", Place::Anywhere, kInvalid, "SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID",
     "errSecPathLengthConstraintExceeded (-67611)", kChain,
     "PKIX path validation failed: java.security.cert.CertPathValidatorException: basic constraints check failed: "
     "pathLenConstraint violated - this cert must be the last cert in the certification path"},
    {"cert.name-constraints", Place::Anywhere, kInvalid, "SEC_ERROR_CERT_NOT_IN_NAME_SPACE",
     "errSecCertificateNameNotAllowed (-67900)", kChain,
     "PKIX path validation failed: java.security.cert.CertPathValidatorException: name constraints check failed"},
    {"cert.broken-digest", Place::Anywhere, kInvalid, "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED", kNotTrusted,
     kUnacceptable,
     "PKIX path validation failed: java.security.cert.CertPathValidatorException: Algorithm constraints check failed"},
    {"cert.sha1", Place::Anywhere, kInvalid, "SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED", kNotTrusted, kUnacceptable,
     kAccepted},
    {"cert.weak-key", Place::Anywhere, "net::ERR_CERT_WEAK_KEY (-211)", "MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE",
     "errSecUnsupportedKeySize (-67734)", kAccepted, kAccepted},
    {"cert.extended-key-usage", Place::Anywhere, kInvalid, "SEC_ERROR_INADEQUATE_CERT_TYPE",
     "errSecInvalidExtendedKeyUsage (-67609)", kChain,
     "Extended key usage does not permit use for TLS server authentication"},
    {"cert.purpose-missing", Place::Anywhere, kAccepted, kAccepted, "errSecInvalidExtendedKeyUsage (-67609)", kAccepted,
     kAccepted},
    {"cert.key-usage", Place::Anywhere, kUsage, "SEC_ERROR_INADEQUATE_KEY_USAGE",
     "errSecInvalidKeyUsageForPolicy (-67608)", kChain, "KeyUsage does not allow digital signatures"},
    {"cert.key-usage-of-ca", Place::Anywhere, kUsage, "SEC_ERROR_INADEQUATE_KEY_USAGE",
     "errSecInvalidKeyUsageForPolicy (-67608)", kChain, "KeyUsage does not allow digital signatures"},
    {"cert.name", Place::Anywhere, kName, "SSL_ERROR_BAD_CERT_DOMAIN", "errSecHostNameMismatch (-67602)",
     "javax.net.ssl.SSLPeerUnverifiedException: Hostname * not verified",
     "No subject alternative DNS name matching * found."},
    {"cert.wildcard-too-broad", Place::Anywhere, kName, "SSL_ERROR_BAD_CERT_DOMAIN", "errSecHostNameMismatch (-67602)",
     "javax.net.ssl.SSLPeerUnverifiedException: Hostname * not verified", kAccepted},
    {"cert.expired", Place::Leaf, kDate, "SEC_ERROR_EXPIRED_CERTIFICATE", "errSecCertificateExpired (-67818)", kChain,
     kJavaDate},
    {"cert.expired", Place::Above, kDate, "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE", "errSecCertificateExpired (-67818)",
     kChain, kJavaDate},
    {"cert.not-yet-valid", Place::Leaf, kDate, "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE",
     "errSecCertificateNotValidYet (-67819)", kChain, kJavaDate},
    {"cert.not-yet-valid", Place::Above, kDate, "MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE",
     "errSecCertificateNotValidYet (-67819)", kChain, kJavaDate},
    {"cert.anchor-validity", Place::Anywhere, kDate, "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
     "errSecCertificateExpired (-67818)", kAccepted, kAccepted},
    {"cert.lifetime", Place::Anywhere, kAccepted, kAccepted, kTooLong, kAccepted, kAccepted},
    {"cert.public-lifetime", Place::Anywhere, "net::ERR_CERT_VALIDITY_TOO_LONG (-213)", kAccepted, kTooLong, kAccepted,
     kAccepted},
});

}  // namespace

std::span<const ClientWords> client_words() {
  return kClientWords;
}

}  // namespace pforte::pki
