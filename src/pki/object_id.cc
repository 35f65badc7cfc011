#include "pki/object_id.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"

namespace pforte::pki {
namespace {

constexpr auto kObjectNames = std::to_array<std::pair<std::string_view, std::string_view>>({
    {oid::kSubjectKeyIdentifier, "subjectKeyIdentifier"},
    {oid::kKeyUsage, "keyUsage"},
    {oid::kAlternativeNames, "subjectAltName"},
    {oid::kIssuerAlternativeNames, "issuerAltName"},
    {oid::kBasicConstraints, "basicConstraints"},
    {oid::kCrlNumber, "cRLNumber"},
    {oid::kReason, "reasonCode"},
    {oid::kDeltaCrl, "deltaCRLIndicator"},
    {oid::kIssuingDistributionPoint, "issuingDistributionPoint"},
    {oid::kCertificateIssuer, "certificateIssuer"},
    {oid::kNameConstraints, "nameConstraints"},
    {oid::kDistributionPoints, "cRLDistributionPoints"},
    {oid::kPolicies, "certificatePolicies"},
    {oid::kPolicyMappings, "policyMappings"},
    {oid::kAuthorityKeyIdentifier, "authorityKeyIdentifier"},
    {oid::kPolicyConstraints, "policyConstraints"},
    {oid::kExtendedKeyUsage, "extKeyUsage"},
    {oid::kFreshestCrl, "freshestCRL"},
    {oid::kInhibitAnyPolicy, "inhibitAnyPolicy"},
    {oid::kAuthorityInformation, "authorityInfoAccess"},
    {oid::kSubjectInformation, "subjectInfoAccess"},
});

}  // namespace

std::string id_text(std::string_view id) {
  std::string text;
  std::uint64_t number = 0;
  for (char c : id) {
    auto byte = static_cast<unsigned char>(c);
    number = number << 7 | (byte & 0x7f);
    if (byte & 0x80) continue;
    std::uint64_t first = std::min<std::uint64_t>(number / 40, 2);
    text += text.empty() ? cat(first, '.', number - first * 40) : cat('.', number);
    number = 0;
  }
  return text;
}

std::string extension_text(std::string_view id) {
  auto found = std::ranges::find(kObjectNames, id, &std::pair<std::string_view, std::string_view>::first);
  return found == kObjectNames.end() ? id_text(id) : std::string(found->second);
}

}  // namespace pforte::pki
