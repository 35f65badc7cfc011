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

TEST_CASE("a reference tells which it was, and whether it is one of these at all") {
  References references(42), others(43);
  std::string first;
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    References::Text text = references.make();
    std::string_view letters(text.data(), text.size());
    CHECK(references.number_of(letters) == i);
    CHECK(others.number_of(letters) == 0);
    if (i == 1) first = letters;
  }
  for (const char* other : {"", "x", "0000000000000", "zzzzzzzzzzzzz", "ILOU<>\"'\\ {}", "00000000000000"})
    CHECK(references.number_of(other) == 0);
  CHECK(references.number_of(first) == 1);
  CHECK(References(42).number_of(first) == 0);  // not yet
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
