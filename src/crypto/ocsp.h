#pragma once

#include <string_view>

#include "base/error.h"
#include "crypto/certificate.h"
#include "crypto/owned.h"

namespace pforte::crypto {

// Whether an OCSP answer in DER can be stapled to `leaf`: signed for its `issuer`, "good", and valid at `now`. Its
// nextUpdate, after which it must not be used; the end of time when it names none.
//
// Fails with Kind::Invalid, saying why not. Source: RFC 6960, 3.2 and 4.2.
Result<UtcTime> check_ocsp_answer(std::string_view der, const X509& leaf, const X509& issuer, UtcTime now);

}  // namespace pforte::crypto
