#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "authority/places.h"
#include "base/error.h"
#include "base/secret.h"
#include "crypto/alternative_name.h"
#include "crypto/certificate.h"
#include "crypto/private_key.h"

namespace pforte::authority {

using crypto::UtcTime;

constexpr auto kRootLifetime = std::chrono::days(20 * 365);
constexpr auto kIntermediateLifetime = std::chrono::days(5 * 365);
// How long the root's own revocation list is good for: its key comes out of the safe once a year.
constexpr auto kRootCrlLifetime = std::chrono::days(400);

// Names that the intermediate may issue for, written into it so that clients enforce it (RFC 5280, 4.2.1.10). Where any
// name is permitted, no address is unless one is permitted too.
struct NameBounds {
  std::vector<crypto::AlternativeName> permitted = {}, excluded = {};
};

// What an authority will be.
struct Foundation {
  std::string name = "Pforte";  // of the company, at most 40 characters
  crypto::KeyKind key = crypto::KeyKind::EcP256;
  NameBounds bounds = {};
  Addresses addresses = {};
};

// Makes root and intermediate, the whole folder at once: after a crash there is all of it or nothing. Fails with
// Kind::Invalid (authority.exists, authority.names), and with Kind::Unavailable (file.unwritable).
Result<> found(const Places& places, const Foundation& foundation, const Secret& root_password,
               const Secret& intermediate_password, UtcTime now);

// The root alone, for a machine that is kept offline. Fails as above.
Result<> found_root(const Places& places, const Foundation& foundation, const Secret& root_password, UtcTime now);

// The key of an intermediate and a request for it, on the machine that will be online; the request lies in
// places.intermediate_request(). Where there is a key already, it is kept, so that its intermediate is renewed and
// everything it has issued stays valid; an intermediate that is there keeps its subject too. Fails as above, and as
// reading the key does.
Result<> request_intermediate(const Places& places, const Foundation& foundation, const Secret& password);

// Signs such a request with the root. Returns PEM: intermediate, root. Fails with Kind::Invalid (request.*,
// authority.request, authority.refused, key.*) and as reading the files does. `root_key` is places.root_key(), or where
// it was moved.
Result<std::string> sign_intermediate(const Places& places, const std::string& root_key, const Secret& root_password,
                                      std::string_view request, const Foundation& foundation, UtcTime now);

// Takes what sign_intermediate() gave beside the key that the request was made with. Root and subject must be
// the same as before, if there were some. Fails with Kind::Invalid (authority.key-mismatch, authority.refused,
// authority.root).
Result<> take_intermediate(const Places& places, const std::string& file, const Secret& password, UtcTime now);

// Makes the root's revocation list anew, with nothing in it. Fails as reading the files does, and with
// Kind::Unavailable (file.unwritable).
Result<> renew_root_crl(const Places& places, const std::string& root_key, const Secret& root_password, UtcTime now);

}  // namespace pforte::authority
