#include "acme/server_records.h"

#include <doctest/doctest.h>

#include "crypto/testing.h"
#include "store/store.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what has expired is forgotten with its proofs, and accounts without an order in the end") {
  crypto::testing::Folder folder;
  auto store = store::open_sqlite(folder.path() + "/pforte.db").value();
  ServerRecords records(*store);
  Time now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  for (const char* id : {"one", "two"}) {
    REQUIRE(records.keep({.id = id, .thumbprint = id, .jwk = "{}", .contact = "[]"}));
    Time expires = std::string_view(id) == "one" ? now + 1h : now + 72h;
    REQUIRE(records.add({.id = id, .account = id, .names = {"a.example"}, .expires = expires},
                        {{.id = id, .order = id, .account = id, .name = "a.example", .token = "t"}}));
  }
  CHECK(records.open_orders(now).value() == 2);
  CHECK(records.open_orders("one", now).value() == 1);
  REQUIRE(records.forget_old(now + 2h));
  CHECK(records.open_orders(now).value() == 1);
  CHECK(!records.proof("one").value());
  CHECK(records.proof("two").value());
  REQUIRE(records.forget_unused_accounts(now + 2h));
  CHECK(records.accounts().value() == 2);
  REQUIRE(records.forget_unused_accounts(now + 25h));
  CHECK(!records.account("one").value());
  CHECK(records.account("two").value());
}

}  // namespace
}  // namespace pforte::acme
