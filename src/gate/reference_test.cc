#include "gate/reference.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace pforte::gate {
namespace {

TEST_CASE("references are unlike each other, and made of letters and digits that nobody mistakes") {
  References references(42);
  std::set<References::Text> seen;
  for (int i = 0; i < 100'000; ++i) {
    References::Text text = references.make();
    std::string_view letters(text.data(), text.size());
    REQUIRE(letters.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz") == std::string_view::npos);
    REQUIRE(seen.insert(text).second);
  }
}

TEST_CASE("two workers with seeds of their own do not repeat each other") {
  References one(1);
  References other(2);
  std::set<References::Text> seen;
  for (int i = 0; i < 10'000; ++i) {
    CHECK(seen.insert(one.make()).second);
    CHECK(seen.insert(other.make()).second);
  }
}

}  // namespace
}  // namespace pforte::gate
