#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "acme/renewal_time.h"
#include "base/error.h"
#include "base/secret.h"
#include "store/store.h"

namespace pforte::acme {

// Our account at a CA.
struct KeptAccount {
  Secret key_pem;   // of a crypto::SigningKey
  std::string url;  // empty: it has yet to be made
};

// What is known of the renewal of one certificate.
struct Renewal {
  std::string names;  // of the certificate, in order, with a space between: what it is known by

  // The order under way; empty: there is none.
  std::string directory;                  // of the CA that has it
  std::string order;                      // its address; empty while the CA may not have heard of it
  std::shared_ptr<const Secret> key_pem;  // that the certificate will be for; null: none is made yet

  std::uint32_t failures = 0;  // in a row
  Time tried{};                // the last time; the epoch: never
  Time next{};                 // after failures, or to look at an order again
  std::string code, reason;    // of the last failure; empty: the last attempt succeeded
};

// What has to outlive the process, in the store. Any thread; blocks. Fails as store::Store does.
class Ledger {
 public:
  explicit Ledger(store::Store& store) : store_(store) {}

  // None: we have no account at this CA.
  Result<std::optional<KeptAccount>> account(const std::string& directory);
  Result<> keep(const std::string& directory, const KeptAccount& account);

  // The CA knows it no longer: it is made again, with the same key.
  Result<> forget_address(const std::string& directory);

  // An empty one where nothing is known.
  Result<Renewal> renewal(const std::string& names);
  Result<> keep(const Renewal& renewal);

 private:
  store::Store& store_;
};

}  // namespace pforte::acme
