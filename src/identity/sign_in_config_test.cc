#include "identity/sign_in_config.h"

#include <doctest/doctest.h>

#include <array>

#include "base/text.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

SignInConfig read_sign_in(const std::string& text, conf::Problems& problems) {
  std::optional<conf::Table> document = conf::read_document(text, "/etc/pforte/a.toml", problems);
  REQUIRE(document);
  conf::Reader keys(*document, problems);
  std::optional<conf::Reader> block = keys.table("sign_in");
  REQUIRE(block);
  return read_sign_in_config(*std::move(block));
}

SignInConfig read_good(const std::string& text) {
  conf::Problems problems;
  SignInConfig config = read_sign_in(text, problems);
  for (const conf::Problem& problem : problems.all()) FAIL_CHECK(problem.what.en);
  return config;
}

TEST_CASE("an empty [sign_in] has the defaults") {
  SignInConfig config = read_good("[sign_in]\n");
  CHECK(config.providers.empty());
  CHECK(config.session_lifetime == 10h);
  CHECK(config.session_idle == 1h);
  CHECK(!config.end_with_ticket);
  CHECK(config.unknown_agents == UnknownAgents::Refused);
  CHECK(config.negotiate_from.empty());
  CHECK(config.negotiate_not_for.empty());
  CHECK(config.map.empty());
  CHECK(config.brand.color.empty());
}

TEST_CASE("everything in [sign_in] is read") {
  SignInConfig config = read_good(R"([sign_in]
providers = ["database", "kerberos", "ldap"]
session_lifetime = "8h"
session_idle = "30min"
end_with_ticket = true
unknown_agents = "created"
negotiate_from = ["10.0.0.0/8", "fd00::/8"]
negotiate_not_for = ["Android", "iPhone"]
[[sign_in.map]]
table = { "susan@EXAMPLE.DE" = "susan.m" }
[[sign_in.map]]
pattern = '([^@]+)@EXAMPLE\.DE'
login = '\1_de'
[sign_in.brand]
logo = "logo.svg"
name = "CRM"
color = "#0B5fff"
notice_en = "Call 123."
notice_de = "Rufen Sie 123 an."
)");
  CHECK(config.providers == std::vector{Provider::Database, Provider::Kerberos, Provider::Ldap});
  CHECK(config.session_lifetime == 8h);
  CHECK(config.session_idle == 30min);
  CHECK(config.end_with_ticket);
  CHECK(config.unknown_agents == UnknownAgents::Created);
  REQUIRE(config.negotiate_from.size() == 2);
  CHECK(config.negotiate_from[1].to_text() == "fd00::/8");
  CHECK(config.negotiate_not_for == std::vector<std::string>{"Android", "iPhone"});
  CHECK(config.map.size() == 2);
  CHECK(config.brand.logo->value == "/etc/pforte/logo.svg");
  CHECK(config.brand.name == "CRM");
  CHECK(config.brand.color == "#0B5fff");
  CHECK(config.brand.notice_en == "Call 123.");
  CHECK(config.brand.notice_de == "Rufen Sie 123 an.");
}

TEST_CASE("a session that lives shorter than the usual idle time is idle no longer") {
  CHECK(read_good("[sign_in]\nsession_lifetime = \"20min\"\n").session_idle == 20min);
}

TEST_CASE("what is wrong in [sign_in] is said with its line") {
  struct Row {
    std::string_view line, code, what;
  };
  constexpr std::array<Row, 13> kRows = {{
      {"providers = [\"kerberos\", \"LDAP\"]", "conf.sign-in.provider", "there is no provider \"LDAP\""},
      {"providers = [\"ldap\", \"ldap\"]", "conf.sign-in.provider-twice", "provider \"ldap\" stands here twice"},
      {"providers = []", "conf.empty", "providers is empty"},
      {"session_lifetime = \"31d\"", "conf.range", "session_lifetime"},
      {"session_idle = \"11h\"", "conf.sign-in.idle", "session_idle has no effect"},
      {"unknown_agents = \"allowed\"", "conf.choice", "allowed"},
      {"negotiate_from = [\"10.0.0.1/8\"]", "conf.network", "10.0.0.0/8"},
      {"negotiate_not_for = [\"\"]", "conf.empty", "negotiate_not_for is empty"},
      {"brand = { color = \"red\" }", "conf.brand.color", "\"red\" is not a color"},
      {"brand = { color = \"#0b5ff;\" }", "conf.brand.color", "is not a color"},
      {"brand = { color = \"\" }", "conf.brand.color", "is not a color"},
      {"brand = { logo = \"logo.gif\" }", "conf.brand.logo", "neither an SVG nor a PNG"},
      {"session_live = \"1h\"", "conf.unknown-key", "unknown key session_live"},
  }};
  for (const Row& row : kRows) {
    CAPTURE(row.line);
    conf::Problems problems;
    read_sign_in(cat("[sign_in]\n", row.line, "\n"), problems);
    REQUIRE(problems.all().size() == 1);
    const conf::Problem& problem = problems.all().front();
    CHECK(problem.code == row.code);
    CHECK(problem.place.line == 2);
    CHECK(problem.what.en.find(row.what) != std::string::npos);
    CHECK(!problem.what.de.empty());
    CHECK(!problem.remedy.en.empty());
    CHECK(!problem.remedy.de.empty());
  }
}

}  // namespace
}  // namespace pforte::identity
