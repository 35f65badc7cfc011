#include "demo/realms.h"

#include <doctest/doctest.h>

#include <fstream>

#include "base/text.h"
#include "demo/folder.h"
#include "demo/people.h"

namespace pforte::demo {
namespace {

TEST_CASE("whoever has the krb5.conf finds both realms, and which of them a host belongs to") {
  std::string text = krb5_config(4711, 4712);
  const std::string_view parts[] = {
      "default_realm = ALPHA.TEST\n",
      "  ALPHA.TEST = {\n    kdc = 127.0.0.1:4711\n  }\n",
      "  BETA.TEST = {\n    kdc = 127.0.0.1:4712\n  }\n",
      "  .localhost = ALPHA.TEST\n  beta.localhost = BETA.TEST\n",
      "  dns_lookup_kdc = false\n",
  };
  for (std::string_view part : parts) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
}

// Everything at once, since making the realms takes seconds.
TEST_CASE("a ticket of one realm opens the services of both") {
  ThrowAwayFolder folder;
  auto realms = Realms::start(folder.path());
  if (!realms && realms.error().kind() == Kind::NotFound) return;  // not installed
  REQUIRE(realms);
  const RealmFiles& files = (*realms)->files();
  CHECK(std::ifstream(files.alpha_keytab).good());
  CHECK(std::ifstream(files.beta_keytab).good());

  Command command{.program = "kinit",
                  .arguments = {},
                  .environment = {cat("KRB5_CONFIG=", files.config), cat("KRB5CCNAME=", folder.path(), "/tickets")},
                  .input = {},
                  .log = folder.path() + "/log"};
  for (const Person& person : people()) {
    if (person.realm.empty()) continue;
    CAPTURE(person.login);
    command.program = "kinit";
    command.arguments = {principal_of(person)};
    command.input = cat("not ", person.password, "\n");
    CHECK(!run_program(command));
    command.input = cat(person.password, "\n");
    CHECK(run_program(command));
    command.program = "kvno";
    command.arguments = {"HTTP/localhost@ALPHA.TEST", "HTTP/app.localhost@ALPHA.TEST", "HTTP/beta.localhost@BETA.TEST"};
    CHECK(run_program(command));
  }
}

}  // namespace
}  // namespace pforte::demo
