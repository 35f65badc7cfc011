#include "acme/revocation.h"

#include <doctest/doctest.h>

#include "authority/testing.h"
#include "inventory/inventory.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;
using authority::testing::kNow;
using Reason = authority::RevocationReason;

authority::IssuedCertificate issue(const authority::testing::Company& company) {
  crypto::PrivateKey key = crypto::make_private_key().value();
  authority::Order order{.key = *key, .names = authority::testing::names({"crm.example.com"}), .common_name = {}};
  return company.open().issue(*company.store, order, kNow).value();
}

TEST_CASE("a certificate that is revoked is out of use, once and for all") {
  authority::testing::Company company;
  authority::IssuedCertificate issued = issue(company);
  inventory::Inventory inventory(*company.store);
  REQUIRE(inventory.keep({.chain_pem = issued.chain, .source = inventory::Source::Authority}));
  // As an end in between has left it.
  REQUIRE(authority::Ledger(*company.store).revoke(issued.entry.serial, Reason::Superseded, kNow));
  CHECK(!inventory.find("crm.example.com").value().retired);
  Result<authority::LedgerEntry> revoked =
      revoke(*company.store, issued.entry.serial, Reason::KeyCompromise, kNow + 1h);
  REQUIRE(revoked);
  CHECK(revoked->revoked == kNow);
  CHECK(revoked->reason == Reason::Superseded);
  CHECK(inventory.find("crm.example.com").value().retired);
}

TEST_CASE("a certificate that the inventory does not have is revoked") {
  authority::testing::Company company;
  std::string serial = issue(company).entry.serial;
  REQUIRE(revoke(*company.store, serial, Reason::Superseded, kNow));
  CHECK(authority::Ledger(*company.store).find(serial)->revoked == kNow);
}

TEST_CASE("a certificate that cannot be taken out of use is not revoked either") {
  authority::testing::Company company;
  std::string serial = issue(company).entry.serial;
  REQUIRE(company.store->change("UPDATE authority_certificate SET certificate = 'damaged'"));
  CHECK(!revoke(*company.store, serial, Reason::Superseded, kNow));
  CHECK(!authority::Ledger(*company.store).find(serial)->revoked);
}

TEST_CASE("what was never issued cannot be revoked") {
  authority::testing::Company company;
  CHECK(revoke(*company.store, "4711", Reason::Superseded, kNow).error().kind() == Kind::NotFound);
}

}  // namespace
}  // namespace pforte::acme
