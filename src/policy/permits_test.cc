#include "policy/permits.h"

#include <doctest/doctest.h>

namespace pforte::policy {
namespace {

TEST_CASE("every oddity has a name of its own") {
  for (std::size_t i = 0; i < kOddityCount; ++i) {
    auto oddity = static_cast<Oddity>(i);
    CAPTURE(oddity_name(oddity));
    CHECK(oddity_named(oddity_name(oddity)) == oddity);
  }
  CHECK(!oddity_named("encoded-nul"));
  CHECK(!oddity_named(""));
}

TEST_CASE("permits cover what was added and name what is missing") {
  Permits permits;
  CHECK(permits.empty());
  permits.add(Oddity::EncodedSlash);
  Permits needed = permits;
  CHECK(permits.covers(needed));
  needed.add(Oddity::InvalidUtf8);
  CHECK(!permits.covers(needed));
  CHECK(permits.missing(needed) == Oddity::InvalidUtf8);
  CHECK(needed.covers(permits));
  CHECK(needed.has(Oddity::EncodedSlash));
  CHECK(!needed.has(Oddity::Backslash));
}

}  // namespace
}  // namespace pforte::policy
