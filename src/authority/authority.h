#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "authority/ca_certificate.h"
#include "authority/certificate_profile.h"
#include "authority/ledger.h"
#include "authority/places.h"
#include "base/error.h"
#include "base/secret.h"
#include "crypto/alternative_name.h"
#include "crypto/certificate_making.h"
#include "crypto/certificate_request.h"
#include "store/store.h"

namespace pforte::authority {

constexpr auto kDefaultLifetime = std::chrono::days(90);
// No client of ours takes a server's certificate that is valid for longer from a company CA (Apple 103769).
constexpr auto kLongestLifetime = std::chrono::days(825);
// Clocks of clients may be a little behind.
constexpr auto kBackdating = std::chrono::minutes(5);

// What is to be issued.
struct Order {
  EVP_PKEY& key;                               // the public half is enough
  std::vector<crypto::AlternativeName> names;  // a server's has at least one
  std::string common_name = {};                // empty: the first DNS name, where it is short enough
  CertificateProfile profile = CertificateProfile::Server;
  std::chrono::seconds lifetime = kDefaultLifetime;  // an hour to 825 days
};

// An order for what a request asks for; its names are those of the request, else its common name where that can be one.
// It refers to the request's key. Fails with Kind::Invalid (authority.names) where there is no name.
Result<Order> order_for(const crypto::CertificateRequest& request, CertificateProfile profile,
                        std::chrono::seconds lifetime = kDefaultLifetime);

struct IssuedCertificate {
  LedgerEntry entry;
  std::string chain;  // PEM: the certificate and the intermediate, as a server sends them
};

// The company CA that runs: an intermediate with its key, below a root whose key may be somewhere else. May be used on
// several threads; everything that signs takes about 50 us to 3 ms and blocks on the store.
class Authority {
 public:
  // Fails with Kind::NotFound (authority.none) where no authority was made, as crypto::read_private_key(), and with
  // Kind::Invalid (authority.key-mismatch).
  static Result<Authority> open(const Places& places, const Secret& password, Addresses addresses = {});

  // Makes a certificate, asks the judge about it, and writes it down; only then it is returned. It ends with the
  // intermediate at the latest.
  //
  // Fails with Kind::Invalid: authority.names, authority.lifetime, authority.expired, authority.refused; and as the
  // store does.
  Result<IssuedCertificate> issue(store::Store& store, const Order& order, UtcTime now) const;

  const CaCertificate& root() const { return root_; }
  const CaCertificate& intermediate() const { return intermediate_; }
  EVP_PKEY& key() const { return *key_; }
  const Addresses& addresses() const { return addresses_; }

 private:
  Authority(CaCertificate root, CaCertificate intermediate, crypto::PrivateKey key, Addresses addresses);
  Result<crypto::CertificateContent> content_of(const Order& order, UtcTime now) const;

  CaCertificate root_, intermediate_;
  crypto::PrivateKey key_;
  Addresses addresses_;
};

}  // namespace pforte::authority
