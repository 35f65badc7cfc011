#include "acme/claims.h"

#include <doctest/doctest.h>

namespace pforte::acme {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what is claimed is nobody else's until it is given back or forgotten") {
  Claims claims;
  Claims::Clock::time_point start = Claims::Clock::now();
  CHECK(claims.take("a", start));
  CHECK(claims.take("b", start));
  CHECK(!claims.take("a", start + 29s));
  claims.give_back("b");
  CHECK(claims.take("b", start + 29s));
  CHECK(claims.take("a", start + 30s));
}

}  // namespace
}  // namespace pforte::acme
