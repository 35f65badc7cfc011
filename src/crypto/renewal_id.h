#pragma once

#include <string>

#include "crypto/owned.h"

namespace pforte::crypto {

// What a CA that offers renewal information calls a certificate: its authority key identifier and its serial number, in
// base64url with a dot between them (RFC 9773, 4.1). Empty where it has no such identifier.
std::string renewal_id(const X509& certificate);

}  // namespace pforte::crypto
