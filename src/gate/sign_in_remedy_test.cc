#include "gate/sign_in_remedy.h"

#include <doctest/doctest.h>

#include <string_view>

namespace pforte::gate {

TEST_CASE("whatever can be wrong with a password comes with a remedy, in both languages") {
  for (std::string_view code : {"sign-in.wrong", "sign-in.locked", "sign-in.disabled", "sign-in.no-provider",
                                "sign-in.busy", "sign-in.stopped"}) {
    CAPTURE(code);
    Message remedy = sign_in_remedy(code);
    CHECK(!remedy.en.empty());
    CHECK(!remedy.de.empty());
  }
}

}  // namespace pforte::gate
