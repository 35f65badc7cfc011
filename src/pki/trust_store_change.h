#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "pki/trust_store.h"

namespace pforte::pki {

// A trust store that is to be changed. Changes are whole or not at all, also when the machine stops in between (see
// base/file_replacement.h); what a file was before is in FILE.bak. A file with private keys in it is not readable by
// everybody afterwards.
struct StoreToChange {
  std::string path;
  std::optional<StoreForm> form =
      {};  // Pem, Directory, Pkcs12, Jks, Jceks: what it must be; of a new one, else by its name
  const std::optional<Secret>& password;
};

// The form that a file's or folder's name tells: ".pem", ".p12", ".jks" and the like; "cacerts", which Java 18 has as
// PKCS#12; a folder, with a slash at its end. None: it tells none.
std::optional<StoreForm> form_of_name(std::string_view path);

// A certificate that was to be added.
struct Added {
  std::string alias;  // under which it is there now; empty where the store has no names
  std::string der;
  bool was_there = false;  // already, and nothing has changed
};

// Adds certificates, and makes the store if there is none. `alias` names the first, and with -2, -3 behind it the
// others; none: by their subjects. In JKS it is in lower case, as Java does it.
//
// Fails with Kind::Invalid as read_trust_store(), and with trust.form, trust.alias, trust.alias-taken, trust.read-only,
// certificate.damaged; and with file.unwritable.
Result<std::vector<Added>> add_to_trust_store(const StoreToChange& store, const std::vector<std::string>& certificates,
                                              const std::optional<std::string>& alias);

// Where the one certificate is that is meant: by its alias, or by at least 8 digits that its SHA-256 begins with. One
// place, or several where the store has it more than once.
//
// Fails with Kind::NotFound (trust.no-entry), and with Kind::Invalid (trust.ambiguous, and trust.is-key for a private
// key, which is none of the trusted certificates).
Result<std::vector<std::size_t>> find_entry(const TrustStore& store, std::string_view meant);

// Removes those entries, and returns them. Fails as above.
Result<std::vector<TrustEntry>> remove_from_trust_store(const StoreToChange& store, std::string_view meant);

// Removes what is there already further up, certificate for certificate, whatever its alias; and returns it.
Result<std::vector<TrustEntry>> remove_duplicates(const StoreToChange& store);

// Lower case hexadecimal.
std::string sha256_of(std::string_view der);

}  // namespace pforte::pki
