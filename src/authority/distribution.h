#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "authority/ca_certificate.h"
#include "base/error.h"

namespace pforte::authority {

// The password of the Java and PKCS#12 stores: Java's own default. They hold no secret.
constexpr std::string_view kStorePassword = "changeit";

struct PackageFile {
  std::string name;  // "windows/install-root.cmd"
  std::string type;  // media type
  std::string content;
};

// What lets clients trust a root: the certificate and trust stores in the forms that they take, and what to do with
// them, in English and German. The same root gives the same texts.
//
// Fails with Kind::Internal (trust.unwritable) when a store cannot be made.
Result<std::vector<PackageFile>> distribution_package(const CaCertificate& root);

// Writes it into a new folder, which is there as a whole or not at all; everybody may read it. Fails with Kind::Invalid
// (authority.exists) where there is one with something in it, and with Kind::Unavailable (file.unwritable).
Result<> write_package(const std::vector<PackageFile>& files, const std::string& folder);

// "AA:BB:...", as operating systems show it.
std::string sha256_fingerprint(const CaCertificate& certificate);
std::string sha1_fingerprint(const CaCertificate& certificate);

}  // namespace pforte::authority
