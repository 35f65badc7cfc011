#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/owned.h"

namespace pforte::pki {

// Where "system" is.
constexpr const char* kSystemFolder = "/etc/ssl/certs";

enum class StoreForm : std::uint8_t {
  Pem,        // certificates one after the other
  Der,        // one certificate
  Directory,  // files of certificates, OpenSSL's hashed folders too
  System,     // the directory of this machine, /etc/ssl/certs
  Pkcs12,     // RFC 7292; Java's default since 9, and its cacerts since 18
  Jks,        // Java's default up to 8
  Jceks,      // JKS of Sun's cryptography extension
};

// "pem", "der", "dir", "system", "pkcs12", "jks", "jceks".
std::string_view name_of(StoreForm form);

// A certificate that is trusted. It is kept in DER, because decoding its key takes OpenSSL 3 more time than all the
// rest: crypto::outline_of() finds it by name, and crypto::certificate_from() makes a certificate of it where one is
// needed.
struct TrustEntry {
  std::string alias = {};  // UTF-8; empty where the store gives none. In a directory: the file
  std::string der = {};
  bool java_sees_it = true;  // in PKCS#12, Java takes for trusted only what has an attribute of Oracle's
};

// A private key in the store. It is neither decrypted nor shown.
struct KeyEntry {
  std::string alias = {};
  std::vector<std::string> chain = {};  // DER; the key's own certificate first
};

struct TrustStore {
  std::string name;  // as it was given
  StoreForm form = StoreForm::Pem;
  std::vector<TrustEntry> entries = {};  // in its order, which in a directory is that of the file names
  std::vector<KeyEntry> keys = {};
  std::vector<Error> unreadable = {};  // of a directory: why some of its files are left out
  bool checked = true;  // false: JKS opened without its password, so that nothing tells whether it was tampered with
};

// Reads a file or a directory of any form, told apart by their content, or "system". In a directory, files that hold no
// certificate are left out, as are links that lead nowhere, and a certificate that several files hold counts once; one
// that cannot be read is told of, and does not keep the others from being trusted.
//
// Fails as crypto::read_file(), and with Kind::Invalid: trust.form for what is no trust store, certificate.in-pkcs7,
// certificate.damaged and trust.damaged, trust.password-missing, trust.password-wrong. A store without a certificate is
// none of these.
Result<TrustStore> read_trust_store(const std::string& store, const std::optional<Secret>& password = std::nullopt);

}  // namespace pforte::pki
