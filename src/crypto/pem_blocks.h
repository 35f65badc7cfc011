#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pforte::crypto {

// One block of a PEM text, and where it stands there.
struct PemBlock {
  std::string label;      // "CERTIFICATE"
  std::string content;    // what was Base64: of a certificate its DER alone, of a private key nothing
  std::size_t begin = 0;  // of the line "-----BEGIN"
  std::size_t end = 0;    // behind the line "-----END"

  // "CERTIFICATE" and the older names that OpenSSL knows.
  bool is_certificate() const;
  bool is_private_key() const;
};

// All blocks of a text; what stands between them means nothing (RFC 7468, 2). Fails with Kind::Invalid when one does
// not end or is not Base64 (certificate.damaged), or is a certificate that OpenSSL is told to trust for some purposes
// alone (certificate.trust-settings): here it would be trusted for all. `name` stands in the message.
Result<std::vector<PemBlock>> read_pem_blocks(std::string_view text, std::string_view name);

// A certificate as a block, with its lines; and whatever else has this label.
std::string pem_block(std::string_view der);
std::string pem_block(const std::string& label, std::string_view der);

}  // namespace pforte::crypto
