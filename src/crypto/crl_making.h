#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto/certificate_making.h"

namespace pforte::crypto {

// A certificate that was revoked (RFC 5280, 5.3).
struct RevokedEntry {
  std::string serial = {};  // big-endian
  UtcTime when = {};
  int reason = 0;  // CRLReason; 0: not told
};

struct CrlContent {
  std::uint64_t number = 0;  // grows with each list
  UtcTime this_update = {}, next_update = {};
  std::vector<RevokedEntry> revoked = {};
};

// Makes a complete list of all that `signer` has issued and revoked, in DER. It speaks of all certificates and all
// reasons, so it needs no issuingDistributionPoint. Fails with Kind::Internal (crl.unmakeable).
Result<std::string> make_crl(const CrlContent& content, const Signer& signer);

// In PEM form (RFC 7468, 6).
std::string crl_pem(std::string_view der);

}  // namespace pforte::crypto
