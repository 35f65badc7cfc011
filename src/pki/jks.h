#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"

namespace pforte::pki {

// An entry of a Java keystore: a trusted certificate, or a private key with its chain.
struct JksEntry {
  std::string alias;               // UTF-8; Java looks it up in lower case
  std::int64_t created = 0;        // milliseconds since 1970, in UTC
  std::string key = {};            // as it lies in the file, encrypted; empty: a trusted certificate
  std::vector<std::string> chain;  // DER; of a trusted certificate, that one
};

// A Java keystore in its own old format, JKS or JCEKS.
struct Jks {
  bool jceks = false;
  std::vector<JksEntry> entries = {};
  bool checked = true;  // false: read without its password, so that nothing tells whether it was tampered with
};

// Whether a file begins like one.
bool is_jks(std::string_view bytes);

// Reads a keystore; `name` stands in messages. Without a password, its check sum is not looked at, as Java does it.
//
// Fails with Kind::Invalid: trust.damaged, trust.unsupported (secret keys, other certificates than X.509, JDK 1.1),
// trust.password-wrong, which a file that was changed is too.
// Source: sun.security.provider.JavaKeyStore, engineLoad, of OpenJDK.
Result<Jks> read_jks(std::string_view bytes, std::string_view name, const std::optional<Secret>& password);

// The bytes of the keystore under a password, which may be empty. What was read is written as it was.
//
// Fails with Kind::Invalid (trust.alias) for an alias that is no UTF-8 or too long, and for a password that is no UTF-8
// (trust.password-wrong).
Result<std::string> write_jks(const Jks& store, const Secret& password);

}  // namespace pforte::pki
