#include "acme/lookup.h"

#include <doctest/doctest.h>

#include <latch>

#include "net/testing.h"

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a lookup waits for a thread as long as it takes, and its time begins then") {
  net::Loop loop;
  net::Pool pool(1);
  std::latch busy(1);
  auto block = [](net::Loop& here, net::Pool& threads, std::latch& until) -> net::Task<> {
    auto wait = [&until]() -> Result<> {
      until.wait();
      return {};
    };
    co_await threads.run<void>(here, std::move(wait));
    co_return {};
  };
  auto release = [](net::Loop& here, std::latch& when) -> net::Task<> {
    co_await here.sleep_for(60ms);
    when.count_down();
    co_return {};
  };
  loop.spawn(block(loop, pool, busy));
  loop.spawn(release(loop, busy));
  Claims claims;
  Lookup lookup{.proof = "proof",
                .name = "app.intern.example",
                .token = "token",
                .key_authorization = "token.key",
                .claim = claims.take("proof", "account").value()};
  LookupWay way{.limit = 20ms, .addresses = [](const std::string&, std::uint16_t) -> Result<std::vector<net::Address>> {
                  return fail(Kind::NotFound, "net.no-address", "there is none");
                }};
  auto found = net::run(loop, look_for_proof(loop, pool, lookup, way));
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->type == "dns");
}

}  // namespace
}  // namespace pforte::acme
