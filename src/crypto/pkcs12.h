#pragma once

#include <openssl/pkcs12.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/owned.h"
#include "crypto/pem.h"

namespace pforte::crypto {

// A certificate of a PKCS#12 file.
struct Pkcs12Certificate {
  std::string alias;  // the friendlyName; empty: none
  std::string der;
  std::string key_id;  // the localKeyID, which it shares with its private key; empty: none
  bool trusted;        // it has Oracle's attribute, without which Java takes it for no trusted certificate
};

// One that is to be trusted, and its friendlyName.
struct Pkcs12Addition {
  std::string alias;
  Certificate certificate;
};

// A private key of a PKCS#12 file, without the key.
struct Pkcs12Key {
  std::string alias;
  std::string key_id;
};

// The certificates of a PKCS#12 file (RFC 7292), which can be changed; what else is in it stays as it is, byte by byte,
// private keys above all, which are never decrypted.
class Pkcs12 {
 public:
  // A file without content.
  Pkcs12() = default;

  // Reads a file; `name` stands in messages. Without a password it is read where nothing but private keys is encrypted,
  // but then nobody knows whether somebody has changed it: see checked().
  //
  // Fails with Kind::Invalid: trust.damaged, trust.unsupported, trust.password-missing, trust.password-wrong.
  static Result<Pkcs12> read(std::string_view der, std::string_view name, const std::optional<Secret>& password);

  // In the order of the file.
  const std::vector<Pkcs12Certificate>& certificates() const { return certificates_; }
  const std::vector<Pkcs12Key>& keys() const { return keys_; }

  // The private keys themselves, with the password they are encrypted with, mostly the file's own; `name` stands in
  // messages. Fails with Kind::Invalid: key.password-missing, key.password-wrong, key.damaged.
  Result<std::vector<PrivateKey>> private_keys(std::string_view name, const std::optional<Secret>& password) const;

  // False for a file with a check sum over its content that was opened without the password for it.
  bool checked() const { return checked_; }
  // Whether the file has a check sum. A new one gets it if it is written with a password.
  bool has_mac() const { return mac_.has_value(); }

  // Puts trusted certificates behind all others. They are not encrypted: they are no secret.
  void add(const std::vector<Pkcs12Addition>& certificates);

  // Takes the certificates at these places out; the smallest comes first.
  void remove(const std::vector<std::size_t>& places);

  // The file, for the password it was opened with. New parts and the check sum are made with what Java and OpenSSL use
  // by default (HMAC-SHA-256, AES-256), or with what they were made with before.
  //
  // Fails with Kind::Internal (trust.unwritable) when OpenSSL refuses.
  Result<std::string> write(const std::optional<Secret>& password) const;

 private:
  using Bags = Owned<STACK_OF(PKCS12_SAFEBAG),
                     [](STACK_OF(PKCS12_SAFEBAG) * bags) { sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free); }>;
  // A part of the file that is encrypted as a whole, or not.
  struct Safe {
    Owned<PKCS7, PKCS7_free> sealed;  // null: new
    Bags bags;
    bool changed = false;
  };
  struct Mac {
    int digest;
    int iterations;
  };
  class Reader;

  static Owned<PKCS7, PKCS7_free> seal(const Safe& safe, const std::optional<Secret>& password);
  void list();
  Safe& plain_safe();

  std::vector<Safe> safes_;
  std::optional<Mac> mac_;
  bool checked_ = true;
  bool is_new_ = true;
  std::vector<Pkcs12Certificate> certificates_;
  std::vector<Pkcs12Key> keys_;
};

// A file with a key and the chain of its certificate, its own first, as Java and Windows read it: AES-256,
// HMAC-SHA-256. Fails with Kind::Internal (key.failed).
Result<std::string> make_pkcs12(const Identity& identity, const std::string& alias, const Secret& password);

}  // namespace pforte::crypto
