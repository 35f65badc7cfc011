#include "acme/ledger.h"

#include <doctest/doctest.h>

#include "store/testing.h"

namespace pforte::acme {
namespace {

using store::testing::TemporaryStore;

TEST_CASE("an account is kept with its key, and forgotten without losing it") {
  TemporaryStore store;
  Ledger ledger(*store);
  const std::string ca = "https://ca/dir";
  CHECK(!ledger.account(ca).value());
  REQUIRE(ledger.keep(ca, {.key_pem = Secret("KEY"), .url = ""}));
  REQUIRE(ledger.keep(ca, {.key_pem = Secret("KEY"), .url = "https://ca/account/1"}));
  CHECK(ledger.account(ca).value()->url == "https://ca/account/1");
  REQUIRE(ledger.forget_address(ca));
  CHECK(ledger.account(ca).value()->key_pem.reveal() == "KEY");
  CHECK(ledger.account(ca).value()->url.empty());
  CHECK(!ledger.account("https://other/dir").value());
}

TEST_CASE("a renewal is kept as a whole") {
  TemporaryStore store;
  Ledger ledger(*store);
  CHECK(ledger.renewal("a.example").value().names == "a.example");
  CHECK(ledger.renewal("a.example").value().failures == 0);
  CHECK(!ledger.renewal("a.example").value().key_pem);
  Renewal renewal{.names = "a.example",
                  .directory = "https://ca/dir",
                  .order = "https://ca/order/1",
                  .key_pem = std::make_shared<const Secret>("KEY"),
                  .failures = 3,
                  .tried = Time(std::chrono::seconds(1'800'000'000)),
                  .next = Time(std::chrono::seconds(1'800'000'060)),
                  .code = "acme.slow",
                  .reason = "it takes long"};
  REQUIRE(ledger.keep(renewal));
  Renewal read = ledger.renewal("a.example").value();
  CHECK(read.directory == renewal.directory);
  CHECK(read.order == renewal.order);
  CHECK(read.key_pem->reveal() == "KEY");
  CHECK(read.failures == 3);
  CHECK(read.tried == renewal.tried);
  CHECK(read.next == renewal.next);
  CHECK(read.code == renewal.code);
  CHECK(read.reason == renewal.reason);
}

}  // namespace
}  // namespace pforte::acme
