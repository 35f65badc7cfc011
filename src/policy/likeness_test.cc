#include "policy/likeness.h"

#include <doctest/doctest.h>

namespace pforte::policy {
namespace {

TEST_CASE("characters that fold into ASCII are known") {
  CHECK(likeness(0xff0f) == Likeness::Significant);
  CHECK(likeness(0x2215) == Likeness::Significant);
  CHECK(likeness(0x200b) == Likeness::Significant);
  CHECK(likeness(0x308) == Likeness::Mark);
  CHECK(likeness(0xff41) == Likeness::Name);
  CHECK(likeness(0x212a) == Likeness::Name);
  CHECK(likeness(0x17f) == Likeness::Name);
  CHECK(likeness(0xfc) == Likeness::None);
  CHECK(likeness(0x159) == Likeness::None);
}

}  // namespace
}  // namespace pforte::policy
