#include "acme/claims.h"

#include <doctest/doctest.h>

#include <utility>

namespace pforte::acme {
namespace {

TEST_CASE("what is claimed is nobody else's until it goes") {
  Claims claims;
  std::optional<Claims::Claim> first = claims.take("a", "one");
  REQUIRE(first);
  CHECK(claims.take("b", "one"));
  CHECK(!claims.take("a", "two"));
  CHECK(!claims.take("a", "one"));
  {
    std::optional<Claims::Claim> moved = std::exchange(first, std::nullopt);
    CHECK(!claims.take("a", "two"));
  }
  CHECK(claims.take("a", "two"));
}

TEST_CASE("one holder has so many claims at most, and all together") {
  Claims claims({.of_one = 2, .of_all = 3});
  std::optional<Claims::Claim> first = claims.take("a", "one");
  std::optional<Claims::Claim> second = claims.take("b", "one");
  CHECK(!claims.take("c", "one"));
  std::optional<Claims::Claim> third = claims.take("c", "two");
  REQUIRE(third);
  CHECK(!claims.take("d", "three"));
  first.reset();
  CHECK(claims.take("d", "three"));
}

TEST_CASE("a claim may outlive those it is one of") {
  auto claims = std::make_unique<Claims>();
  std::optional<Claims::Claim> claim = claims->take("a", "one");
  claims.reset();
  claim.reset();
}

}  // namespace
}  // namespace pforte::acme
