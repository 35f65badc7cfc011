#include "demo/greeting.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "demo/configuration.h"
#include "demo/stage.h"

namespace pforte::demo {
namespace {

Stage full_stage() {
  Stage stage;
  stage.folder = "/tmp/d";
  stage.program = "/usr/bin/pforte";
  stage.papers = {.authority = "/tmp/d x/authority.pem",
                  .chain = "/tmp/d/server.pem",
                  .key = "/tmp/d/server.key",
                  .pin = "PIN=",
                  .fingerprint = "AA:BB"};
  stage.browsers = {.chromium = "/tmp/d/chromium", .firefox = "/tmp/d/firefox"};
  stage.application_port = 4711;
  stage.realms = RealmFiles{.config = "/tmp/d/krb5.conf", .alpha_keytab = "/tmp/d/a", .beta_keytab = "/tmp/d/b"};
  stage.directory =
      DirectoryAccess{.url = "ldaps://127.0.0.1:1", .base = "dc=x", .bind_dn = "cn=x", .password_file = "/p"};
  stage.token = "TOKEN";
  return stage;
}

TEST_CASE("the greeting's commands are the same in both languages") {
  Message text = greeting(full_stage());
  const std::string commands[] = {
      "\n  curl --cacert '/tmp/d x/authority.pem' -i https://app.localhost:8443/webclient\n",
      "\n  echo susan-demo | KRB5_CONFIG=/tmp/d/krb5.conf KRB5CCNAME=/tmp/d/susan.tickets kinit susan@ALPHA.TEST\n",
      cat("\n  KRB5_CONFIG=/tmp/d/krb5.conf KRB5CCNAME=/tmp/d/peter.tickets curl --cacert '/tmp/d x/authority.pem' ",
          "--negotiate -u : https://beta.localhost:8443/webclient\n"),
      " -d user=uli -d password=uli-demo ",
      " -d user=dora -d password=dora-demo ",
      " -H 'Authorization: Bearer TOKEN' https://localhost:8443/rest\n",
      " -i --path-as-is 'https://localhost:8443/webclient/..;/management'\n",
      "\n  curl --path-as-is 'http://127.0.0.1:4711/webclient/..;/management'\n",
      "\n  /usr/bin/pforte --config /tmp/d/pforte.toml service stop kerberos\n",
      "\n  /usr/bin/pforte --config /tmp/d/pforte.toml doctor --trust '/tmp/d x/authority.pem'\n",
      "\n  /usr/bin/pforte doctor url https://app.localhost:8443/webclient --trust '/tmp/d x/authority.pem'\n",
      "\n  /usr/bin/pforte --config /tmp/d/pforte.toml doctor client 127.0.0.1\n",
      "https://app.localhost:8443/.pforte/selftest\n",
      " chromium --user-data-dir=/tmp/d/chromium ",
      " firefox-esr --no-remote --profile /tmp/d/firefox https://app.localhost:8443/webclient\n",
  };
  for (const std::string& command : commands) {
    CAPTURE(command);
    CHECK(text.en.contains(command));
    CHECK(text.de.contains(command));
  }
  CHECK(text.en != text.de);
}

TEST_CASE("what could not be started is neither greeted with nor configured") {
  Stage stage = full_stage();
  stage.realms.reset();
  stage.directory.reset();
  std::string text = greeting(stage).en;
  for (std::string_view part : {"KRB5", "kinit", "susan", "uli", "service stop kerberos"}) {
    CAPTURE(part);
    CHECK(!text.contains(part));
  }
  CHECK(text.contains("dora-demo"));
  std::string configuration = demo_configuration(stage);
  CHECK(configuration.contains("providers = [\"database\"]\n"));
  CHECK(!configuration.contains("[kerberos"));
  CHECK(!configuration.contains("[ldap]"));
  CHECK(!configuration.contains("[::1]"));
}

TEST_CASE("the configuration fits the greeting, whatever the folder is called") {
  Stage stage = full_stage();
  stage.papers.key = "/tmp/a \"b\\/server.key";
  std::string configuration = demo_configuration(stage);
  CHECK(configuration.contains("\"http://127.0.0.1:4711\""));
  CHECK(configuration.contains("key = \"/tmp/a \\\"b\\\\/server.key\""));
  CHECK(configuration.contains("providers = [\"kerberos\", \"ldap\", \"database\"]\n"));
  for (std::uint16_t port : {kTlsPort, kPlainPort, kAdminPort}) {
    CHECK(configuration.contains(cat("\"127.0.0.1:", port, "\"")));
  }
}

}  // namespace
}  // namespace pforte::demo
