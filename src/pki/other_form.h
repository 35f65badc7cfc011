#pragma once

#include <string_view>

#include "base/error.h"

namespace pforte::pki {

// Files that hold certificates in a form from which Pforte takes none, so that they are told apart from damaged ones.

// PKCS#7 in DER, or a PEM text with PKCS#7 and no certificate beside it ("certificates only", RFC 5652; .p7b, .p7c).
bool is_pkcs7(std::string_view bytes);

// The failure that says so: certificate.in-pkcs7 or certificate.in-keystore, Kind::Invalid. `name` is the file.
std::unexpected<Error> is_other_form(std::string_view bytes, std::string_view name);

}  // namespace pforte::pki
