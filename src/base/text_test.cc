#include "base/text.h"

#include <doctest/doctest.h>

namespace pforte {

TEST_CASE("texts are joined with something between them, also where one is empty") {
  CHECK(joined({}, ", ").empty());
  CHECK(joined({"a"}, ", ") == "a");
  CHECK(joined({"a", "", "b c"}, " ") == "a  b c");
  CHECK(joined({"", "b"}, ",") == ",b");
}

}  // namespace pforte
