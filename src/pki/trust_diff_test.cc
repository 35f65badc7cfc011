#include "pki/trust_diff.h"

#include <doctest/doctest.h>

namespace pforte::pki {
namespace {

TrustStore store(std::vector<TrustEntry> entries) {
  return {.name = "s", .entries = std::move(entries)};
}

TEST_CASE("stores differ by their certificates; another alias is told, and does not count") {
  TrustStore first = store({{.alias = "a", .der = "A"}, {.alias = "b", .der = "B"}, {.alias = "b2", .der = "B"}});
  TrustStore second = store({{.alias = "bee", .der = "B"}, {.alias = "c", .der = "C"}});
  TrustDiff diff = compare_trust_stores(first, second);
  CHECK(!diff.same());
  REQUIRE(diff.only_first.size() == 1);
  CHECK(diff.only_first[0]->alias == "a");
  REQUIRE(diff.only_second.size() == 1);
  CHECK(diff.only_second[0]->alias == "c");
  REQUIRE(diff.renamed.size() == 1);
  CHECK(diff.renamed[0].first->alias == "b");
  CHECK(diff.renamed[0].second->alias == "bee");
  CHECK(compare_trust_stores(store({{.alias = "x", .der = "A"}}), store({{.alias = "", .der = "A"}})).same());
}

}  // namespace
}  // namespace pforte::pki
