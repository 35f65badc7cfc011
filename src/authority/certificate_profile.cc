#include "authority/certificate_profile.h"

#include <array>
#include <cstddef>

namespace pforte::authority {
namespace {

constexpr std::array<std::string_view, 3> kProfileNames = {"server", "client", "server+client"};

}  // namespace

std::string_view name_of(CertificateProfile profile) {
  return kProfileNames[std::size_t(profile)];
}

std::optional<CertificateProfile> certificate_profile(std::string_view name) {
  for (std::size_t i = 0; i < kProfileNames.size(); ++i) {
    if (kProfileNames[i] == name) return CertificateProfile(i);
  }
  return std::nullopt;
}

}  // namespace pforte::authority
