#pragma once

#include <string_view>

#include "pki/certificate.h"

namespace pforte::doctor {

// Whose product or tool a certificate comes with, by the names it bears: "Fortinet"; empty: none that is known. Such
// certificates are self-signed, the same on many machines, or with a key that is public.
std::string_view vendor_of(const pki::Certificate& certificate);

}  // namespace pforte::doctor
