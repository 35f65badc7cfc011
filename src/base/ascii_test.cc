#include "base/ascii.h"

#include <doctest/doctest.h>

namespace pforte {

TEST_CASE("only the letters of ASCII have a case, whatever stands beside them in the code") {
  CHECK(lowered("AZaz@[`{09-Ä") == "azaz@[`{09-Ä");
  CHECK(capitals("AZaz@[`{09-ä") == "AZAZ@[`{09-ä");
  CHECK(equals_ignoring_case("Crm.Example", "cRM.eXAMPLE"));
  CHECK(!equals_ignoring_case("@", "`"));
}

}  // namespace pforte
