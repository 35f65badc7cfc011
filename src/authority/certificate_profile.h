#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pforte::authority {

// What a certificate that we issue is for. Authorities are made by founding.h alone.
enum class CertificateProfile : std::uint8_t { Server, Client, ServerAndClient };

// "server", "client", "server+client".
std::string_view name_of(CertificateProfile profile);
std::optional<CertificateProfile> certificate_profile(std::string_view name);

constexpr bool is_for_servers(CertificateProfile profile) {
  return profile != CertificateProfile::Client;
}
constexpr bool is_for_clients(CertificateProfile profile) {
  return profile != CertificateProfile::Server;
}

}  // namespace pforte::authority
