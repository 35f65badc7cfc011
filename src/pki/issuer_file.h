#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pki/certificate.h"

namespace pforte::pki {

inline constexpr std::size_t kMostIssuers = 32;

struct IssuerFile {
  bool is_message = false;  // of CMS
  std::vector<Certificate> certificates;
};

// The certificates of what stands at an address of caIssuers: one in DER, or a "certs-only" message of CMS in DER
// (RFC 5280, 4.2.2.1; RFC 5652, 5); in PEM too, which some authorities have there. Those that cannot be read are left
// out. Fails with Kind::Invalid and certificate.damaged where there is none, or more than kMostIssuers.
Result<IssuerFile> read_issuers(const std::string& bytes, std::string_view source);

}  // namespace pforte::pki
