#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pforte::pki {

// The DER of all certificates of a file, in its order: PEM (RFC 7468), in which all other text and blocks with other
// labels are passed over, or DER, one certificate or several behind one another. What is inside a certificate is not
// looked at.
//
// Fails with Kind::NotFound or Kind::Denied when the file cannot be read, and with Kind::Invalid, naming the line, when
// it holds no certificate or a damaged one, or is a keystore or PKCS#7 (certificate.in-keystore, certificate.in-pkcs7).
Result<std::vector<std::string>> read_certificate_file(const std::string& file);

// The same for revocation lists.
Result<std::vector<std::string>> read_crl_file(const std::string& file);

// The same for the content of a file; `file` is what messages call it.
Result<std::vector<std::string>> read_certificates(std::string_view content, std::string_view file);
Result<std::vector<std::string>> read_crls(std::string_view content, std::string_view file);

}  // namespace pforte::pki
