#pragma once

#include <string>
#include <string_view>

// Object identifiers as the content of their DER (X.690, 8.19): compared byte by byte, turned into numbers only for
// people.

namespace pforte::pki {

namespace oid {

using namespace std::string_view_literals;

// Extensions (RFC 5280, 4.2 and 5.2).
constexpr auto kSubjectKeyIdentifier = "\x55\x1d\x0e"sv;
constexpr auto kKeyUsage = "\x55\x1d\x0f"sv;
constexpr auto kAlternativeNames = "\x55\x1d\x11"sv;
constexpr auto kIssuerAlternativeNames = "\x55\x1d\x12"sv;
constexpr auto kBasicConstraints = "\x55\x1d\x13"sv;
constexpr auto kCrlNumber = "\x55\x1d\x14"sv;
constexpr auto kReason = "\x55\x1d\x15"sv;
constexpr auto kDeltaCrl = "\x55\x1d\x1b"sv;
constexpr auto kIssuingDistributionPoint = "\x55\x1d\x1c"sv;
constexpr auto kCertificateIssuer = "\x55\x1d\x1d"sv;
constexpr auto kNameConstraints = "\x55\x1d\x1e"sv;
constexpr auto kDistributionPoints = "\x55\x1d\x1f"sv;
constexpr auto kPolicies = "\x55\x1d\x20"sv;
constexpr auto kPolicyMappings = "\x55\x1d\x21"sv;
constexpr auto kAuthorityKeyIdentifier = "\x55\x1d\x23"sv;
constexpr auto kPolicyConstraints = "\x55\x1d\x24"sv;
constexpr auto kExtendedKeyUsage = "\x55\x1d\x25"sv;
constexpr auto kFreshestCrl = "\x55\x1d\x2e"sv;
constexpr auto kInhibitAnyPolicy = "\x55\x1d\x36"sv;
constexpr auto kAuthorityInformation = "\x2b\x06\x01\x05\x05\x07\x01\x01"sv;
constexpr auto kSubjectInformation = "\x2b\x06\x01\x05\x05\x07\x01\x0b"sv;
constexpr auto kTlsFeature = "\x2b\x06\x01\x05\x05\x07\x01\x18"sv;
constexpr auto kTimestampList = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"sv;  // RFC 6962, 3.3

// What the policies of the CA/Browser Forum begin with: 2.23.140.1.
constexpr auto kForumPolicies = "\x67\x81\x0c\x01"sv;
constexpr auto kAnyPolicy = "\x55\x1d\x20\x00"sv;

// Purposes of the ExtendedKeyUsage extension (RFC 5280, 4.2.1.12).
constexpr auto kAnyPurpose = "\x55\x1d\x25\x00"sv;
constexpr auto kServer = "\x2b\x06\x01\x05\x05\x07\x03\x01"sv;
constexpr auto kClient = "\x2b\x06\x01\x05\x05\x07\x03\x02"sv;
constexpr auto kCodeSigning = "\x2b\x06\x01\x05\x05\x07\x03\x03"sv;
constexpr auto kMailProtection = "\x2b\x06\x01\x05\x05\x07\x03\x04"sv;
constexpr auto kTimeStamping = "\x2b\x06\x01\x05\x05\x07\x03\x08"sv;
constexpr auto kOcspSigning = "\x2b\x06\x01\x05\x05\x07\x03\x09"sv;
constexpr auto kPrecertificateSigning = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x04"sv;  // RFC 6962, 3.1

}  // namespace oid

// "2.5.29.17".
std::string id_text(std::string_view id);

// "subjectAltName" for an extension of RFC 5280, else its numbers.
std::string extension_text(std::string_view id);

}  // namespace pforte::pki
