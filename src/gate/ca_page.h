#pragma once

#include <string>

#include "authority/ca_certificate.h"
#include "base/message.h"
#include "http/page.h"

namespace pforte::gate {

// The page from which people take the company's root: what it is, its fingerprint, the files of its package, and a QR
// code that leads to this very page at `address`.
http::Page ca_page(const authority::CaCertificate& root, const std::string& address, Language language);

}  // namespace pforte::gate
