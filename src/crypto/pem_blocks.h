#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace pforte::crypto {

// What is looked for in a PEM text.
enum class PemThing : std::uint8_t { Certificate, RevocationList };

// "certificate", "revocation list".
std::string_view name_of(PemThing thing);

// One block of a PEM text, and where it stands there.
struct PemBlock {
  std::string label;      // "CERTIFICATE"
  std::string content;    // of what was looked for its DER, of anything else nothing
  std::size_t begin = 0;  // of the line "-----BEGIN"
  std::size_t end = 0;    // behind the line "-----END"
  std::size_t line = 0;   // of "-----BEGIN", from 1
  // OpenSSL is told to trust the certificate for some purposes, or not for some.
  bool has_trust_settings = false;

  // "CERTIFICATE" and the older names that OpenSSL knows.
  bool is_certificate() const;
  bool is_private_key() const;
};

// All blocks of a text, which may be indented; what stands between them means nothing (RFC 7468, 2), nor does a line
// that begins with '#'. `name` is what messages call the text.
//
// Fails with Kind::Invalid, naming the line, when a block of what is looked for does not end, is not Base64 or not DER,
// or begins in the middle of a line: certificate.damaged, crl.damaged.
Result<std::vector<PemBlock>> read_pem_blocks(std::string_view text, std::string_view name,
                                              PemThing wanted = PemThing::Certificate);

// A certificate as a block, with its lines; and whatever else has this label.
std::string pem_block(std::string_view der);
std::string pem_block(const std::string& label, std::string_view der);

}  // namespace pforte::crypto
