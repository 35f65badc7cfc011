#include "authority/ledger.h"

#include <doctest/doctest.h>

#include "authority/testing.h"

namespace pforte::authority {
namespace {

using testing::kNow;
using namespace std::chrono_literals;

LedgerEntry entry(std::string serial, const std::string& name) {
  return {.serial = std::move(serial),
          .issuer = "0102",
          .subject = "CN=" + name,
          .names = {"dns:" + name},
          .not_before = kNow,
          .not_after = kNow + 24h,
          .issued = kNow,
          .revoked = {},
          .certificate = "PEM"};
}

TEST_CASE("a certificate is meant by its serial number, the beginning of it, or a name that no other has") {
  crypto::testing::Folder folder;
  auto store = store::open_sqlite(folder.path() + "/pforte.db").value();
  Ledger ledger(*store);
  REQUIRE(ledger.add(entry("4711aabbccdd0011", "crm.example.com")));
  REQUIRE(ledger.add(entry("4711aabbccdd0022", "erp.example.com")));
  REQUIRE(ledger.add(entry("5511aabbccdd0033", "erp.example.com")));
  CHECK(ledger.find_meant("4711aabbccdd0011")->subject == "CN=crm.example.com");
  CHECK(ledger.find_meant("55:11:AA:BB")->serial == "5511aabbccdd0033");
  CHECK(ledger.find_meant("CRM.example.com")->serial == "4711aabbccdd0011");
  CHECK(ledger.find_meant("4711aabbccdd").error().code() == "authority.ambiguous");
  CHECK(ledger.find_meant("erp.example.com").error().code() == "authority.ambiguous");
  CHECK(ledger.find_meant("4711").error().code() == "authority.unknown-serial");
}

TEST_CASE("a serial number is given once") {
  crypto::testing::Folder folder;
  auto store = store::open_sqlite(folder.path() + "/pforte.db").value();
  REQUIRE(Ledger(*store).add(entry("4711", "a.example")));
  CHECK(Ledger(*store).add(entry("4711", "b.example")).error().code() == "store.conflict");
}

TEST_CASE("the first revocation counts") {
  crypto::testing::Folder folder;
  auto store = store::open_sqlite(folder.path() + "/pforte.db").value();
  Ledger ledger(*store);
  REQUIRE(ledger.add(entry("4711", "a.example")));
  CHECK(ledger.revoked_by("0102")->empty());
  CHECK(ledger.revoke("4711", RevocationReason::KeyCompromise, kNow + 1h)->revoked == kNow + 1h);
  CHECK(ledger.revoke("4711", RevocationReason::Superseded, kNow + 2h)->reason == RevocationReason::KeyCompromise);
  CHECK(ledger.revoked_by("0102")->size() == 1);
  CHECK(ledger.revoke("0815", RevocationReason::Superseded, kNow).error().code() == "authority.unknown-serial");
}

}  // namespace
}  // namespace pforte::authority
