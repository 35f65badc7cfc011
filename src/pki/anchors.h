#pragma once

#include <span>
#include <vector>

#include "base/error.h"
#include "pki/certificate.h"
#include "pki/crl.h"
#include "pki/trust_store.h"

namespace pforte::pki {

// Adds to `anchors` the certificates of a store that can matter to a path of these certificates: by name the issuer of
// one of them, or of a list's signer, or one of them itself. A store has hundreds, and decoding all their keys would
// take longer than the judgement.
//
// Fails with Kind::Invalid and certificate.damaged when one of them cannot be decoded.
Result<> load_anchors(const TrustStore& store, std::span<const Certificate> certificates, std::span<const Crl> crls,
                      std::vector<Certificate>& anchors);

}  // namespace pforte::pki
