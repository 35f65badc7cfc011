#include "gate/sign_in_remedy.h"

#include <doctest/doctest.h>

#include <span>
#include <string_view>
#include <vector>

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

TEST_CASE("a wrong password that a stopped service may know is first asked of that") {
  using Said = identity::ProviderAnswer::Said;
  std::vector<identity::ProviderAnswer> answers(2);
  answers[0].provider = identity::Provider::Ldap;
  answers[1].said = Said::Stopped;
  Message remedy = sign_in_remedy("sign-in.wrong", answers);
  CHECK(remedy.en.starts_with("a service that may know this password is stopped: pforte service start database; "));
  CHECK(remedy.de.contains("pforte service start database; ist es das nicht: neu eintippen lassen"));
  CHECK(sign_in_remedy("sign-in.disabled", answers).en == sign_in_remedy("sign-in.disabled").en);
  CHECK(sign_in_remedy("sign-in.wrong", std::span(answers).first(1)).en == sign_in_remedy("sign-in.wrong").en);
}

}  // namespace pforte::gate
