#include "identity/services.h"

#include <doctest/doctest.h>

#include "store/testing.h"

namespace pforte::identity {
namespace {

using store::testing::TemporaryStore;
using Epoch = std::chrono::system_clock::time_point;

TEST_CASE("every provider runs until it is stopped, and is stopped for everybody who follows the store") {
  TemporaryStore store;
  Services services(*store);
  REQUIRE(services.follow());
  for (Provider provider : {Provider::Kerberos, Provider::Ldap, Provider::Database}) CHECK(services.runs(provider));

  REQUIRE(set_service(*store, "kerberos", true));
  CHECK(services.runs(Provider::Kerberos));
  REQUIRE(services.follow());
  CHECK(!services.runs(Provider::Kerberos));
  CHECK(services.runs(Provider::Ldap));
  CHECK(services.runs(Provider::Database));

  Services restarted(*store);
  REQUIRE(restarted.follow());
  CHECK(!restarted.runs(Provider::Kerberos));
  REQUIRE(set_service(*store, "kerberos", false));
  REQUIRE(restarted.follow());
  CHECK(restarted.runs(Provider::Kerberos));
}

TEST_CASE("services are listed by name, with the time of their last change") {
  TemporaryStore store;
  std::vector<ServiceState> states = list_services(*store).value();
  REQUIRE(states.size() == 3);
  CHECK(states[0].name == "database");
  CHECK(states[1].name == "kerberos");
  CHECK(states[2].name == "ldap");
  for (const ServiceState& state : states) {
    CHECK(!state.stopped);
    CHECK(state.changed == Epoch());
  }
  REQUIRE(set_service(*store, "ldap", true));
  REQUIRE(store->change("UPDATE service SET changed = 5"));
  // It is stopped already.
  REQUIRE(set_service(*store, "ldap", true));
  ServiceState ldap = list_services(*store).value().at(2);
  CHECK(ldap.stopped);
  CHECK(ldap.changed == Epoch(std::chrono::milliseconds(5)));
  REQUIRE(set_service(*store, "ldap", false));
  CHECK(list_services(*store).value().at(2).changed > Epoch(std::chrono::milliseconds(5)));
}

TEST_CASE("a service that there is not cannot be stopped") {
  TemporaryStore store;
  Result<> set = set_service(*store, "Kerberos", true);
  REQUIRE(!set);
  CHECK(set.error().kind() == Kind::NotFound);
  CHECK(set.error().code() == "service.unknown");
}

}  // namespace
}  // namespace pforte::identity
