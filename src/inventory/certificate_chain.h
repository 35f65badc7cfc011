#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "inventory/entry.h"

namespace pforte::inventory {

// What is kept of a certificate beside its key.
struct ReadCertificate {
  std::string sha256, subject, issuer, serial;
  std::vector<std::string> names;  // in lower case
  Time not_before{}, not_after{};
  bool is_authority = false;
  std::string pem;
};

// The certificates of a PEM text, in its order. Fails with Kind::Invalid: certificate.none, certificate.damaged.
Result<std::vector<ReadCertificate>> read_chain(std::string_view pem);

// The certificates themselves. Fails as above.
Result<std::vector<crypto::Certificate>> decode_chain(std::string_view pem);

}  // namespace pforte::inventory
