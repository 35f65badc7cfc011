#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/owned.h"

namespace pforte::crypto {

// A certificate with the intermediates that lead to its root, and its key.
struct Identity {
  std::vector<Certificate> chain;  // the server's own first; never empty
  PrivateKey key;
};

// All certificates of a PEM file, in its order. Fails with Kind::NotFound or Kind::Denied when it cannot be read, and
// with Kind::Invalid when it holds none or a damaged one.
Result<std::vector<Certificate>> read_certificates(const std::string& file);

// The private key of a PEM file. Fails as above; an encrypted key without its password, or with a wrong one, is
// Kind::Invalid.
Result<PrivateKey> read_private_key(const std::string& file, const std::optional<Secret>& password);

// The first line of a file, as a secret.
Result<Secret> read_password(const std::string& file);

// A whole file, at most so many MiB. Fails with the kind of kind_of_unreadable() (file.unreadable), and with
// Kind::Limit (file.too-large).
Result<std::string> read_file(const std::string& file, std::size_t most_mib = 16);

// Whether the key belongs to the certificate.
bool belong_together(const X509& certificate, const EVP_PKEY& key);

}  // namespace pforte::crypto
