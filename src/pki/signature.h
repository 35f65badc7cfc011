#pragma once

#include <span>

#include "pki/certificate.h"
#include "pki/crl.h"
#include "pki/ocsp.h"

namespace pforte::pki {

// Whether the key of `issuer` made the signature. A DSA key that inherits its parameters (RFC 3279, 2.3.2) is completed
// with those of the first of `ancestors` whose parameters make the signature hold.
bool is_signed_by(const Certificate& certificate, const Certificate& issuer,
                  std::span<const Certificate* const> ancestors = {});
bool is_signed_by(const Crl& crl, const Certificate& issuer, std::span<const Certificate* const> ancestors = {});

bool is_signed_by(const OcspResponse& response, const Certificate& signer);

// Whether both certify the same key.
bool same_key(const Certificate& a, const Certificate& b);

}  // namespace pforte::pki
