#pragma once

#include <string_view>

// The texts of a distribution package. @NAME@ is the root's common name, @SHA256@ and @SHA1@ are its fingerprints,
// @UNTIL@ is its last day, @BASE64@ its DER, @UUID@ and @UUID2@ are made from its fingerprint.

namespace pforte::authority {

extern const std::string_view kReadmeEnglish, kReadmeGerman;
extern const std::string_view kWindowsScript, kWindowsPolicy;
extern const std::string_view kFirefoxPolicies;
extern const std::string_view kAppleProfile;
extern const std::string_view kAndroidConfig;
extern const std::string_view kLinuxScript;

}  // namespace pforte::authority
