#include "gate/drains.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>

#include "gate/plan.h"
#include "store/testing.h"

namespace pforte::gate {
namespace {

std::unique_ptr<Backend> backend_of(const std::string& name, std::initializer_list<const char*> hosts) {
  auto backend = std::make_unique<Backend>();
  backend->config.name.value = name;
  for (const char* host : hosts) {
    ServerConfig config;
    config.host = host;
    config.port = 8080;
    backend->config.servers.push_back(config);
    backend->servers.push_back(std::make_shared<Server>(backend->config, config, nullptr));
  }
  return backend;
}

TEST_CASE("a drain is kept until it is taken back, and says whether it changed something") {
  store::testing::TemporaryStore store;
  CHECK(set_drained(*store, "crm", "http://10.0.0.1:8080", true).value());
  CHECK(!set_drained(*store, "crm", "http://10.0.0.1:8080", true).value());
  Drains drains = Drains::read(*store).value();
  CHECK(drains.contains("crm", "http://10.0.0.1:8080"));
  CHECK(!drains.contains("crm", "http://10.0.0.2:8080"));
  CHECK(!drains.contains("erp", "http://10.0.0.1:8080"));
  CHECK(set_drained(*store, "crm", "http://10.0.0.1:8080", false).value());
  CHECK(!set_drained(*store, "crm", "http://10.0.0.1:8080", false).value());
  CHECK(Drains::read(*store).value() == Drains());
}

TEST_CASE("a drain is known with when it was made, which drained again does not change") {
  store::testing::TemporaryStore store;
  std::int64_t before = store::now_in_store();
  CHECK(set_drained(*store, "crm", "http://10.0.0.1:8080", true));
  auto since = Drains::read(*store).value().since("crm", "http://10.0.0.1:8080");
  REQUIRE(since);
  CHECK(*since >= std::chrono::system_clock::time_point(std::chrono::milliseconds(before)));
  CHECK(*since <= std::chrono::system_clock::now());
  CHECK(!set_drained(*store, "crm", "http://10.0.0.1:8080", true).value());
  CHECK(Drains::read(*store).value().since("crm", "http://10.0.0.1:8080") == since);
  CHECK(!Drains::read(*store).value().since("crm", "http://10.0.0.2:8080"));
}

TEST_CASE("a plan's servers are drained as the store says, each in its backend alone") {
  store::testing::TemporaryStore store;
  Plan plan;
  plan.backends.push_back(backend_of("crm", {"10.0.0.1", "10.0.0.2"}));
  plan.backends.push_back(backend_of("erp", {"10.0.0.1"}));
  CHECK(set_drained(*store, "crm", "http://10.0.0.1:8080", true));
  Drains::read(*store).value().apply_to(plan);
  CHECK(plan.backends[0]->servers[0]->drained());
  CHECK(!plan.backends[0]->servers[1]->drained());
  CHECK(!plan.backends[1]->servers[0]->drained());
  Drains().apply_to(plan);
  CHECK(!plan.backends[0]->servers[0]->drained());
}

}  // namespace
}  // namespace pforte::gate
