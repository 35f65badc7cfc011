#include "identity/ldap_config.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.h"
#include "crypto/testing.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;

LdapConfig read(const std::string& text, conf::Problems& problems) {
  std::optional<conf::Table> table = conf::read_document(text, "a/pforte.toml", problems);
  REQUIRE(table);
  conf::Reader document(*table, problems);
  std::optional<conf::Reader> keys = document.table("ldap");
  REQUIRE(keys);
  return read_ldap_config(*std::move(keys));
}

// "LINE:COLUMN code" of each problem, one a line.
std::string problems_of(const std::string& text) {
  conf::Problems problems;
  (void)read(text, problems);
  std::string all;
  for (const conf::Problem& problem : problems.in_order()) {
    CHECK(!problem.what.en.empty());
    CHECK(!problem.what.de.empty());
    CHECK(!problem.remedy.en.empty());
    CHECK(!problem.remedy.de.empty());
    all += cat(problem.place.line, ':', problem.place.column, ' ', problem.code, '\n');
  }
  return all;
}

// A directory with one server and a search, and `rest`.
std::string with(std::string_view rest) {
  return cat("[ldap]\nservers = [\"ldaps://dc1.example.com\"]\nbase = \"dc=x\"\nuser_filter = \"(uid={login})\"\n",
             rest);
}

// A directory with that server, in line 2.
std::string with_server(std::string_view url, std::string_view rest = "") {
  return cat("[ldap]\nservers = [\"", url, "\"]\nbase = \"dc=x\"\nuser_filter = \"(uid={login})\"\n", rest);
}

}  // namespace

TEST_CASE("a directory with all its keys is read") {
  conf::Problems problems;
  LdapConfig config = read(R"-([ldap]
servers = ["ldap://dc1.example.com", "ldaps://[fd00::1]:1636"]
start_tls = true
trust = "ca.pem"
timeout = "2s"
base = "dc=example,dc=com"
user_filter = "(sAMAccountName={login})"
bind_dn = "EXAMPLE\\pforte"
bind_password_file = "/etc/pforte/ldap.password"
login_attribute = "sAMAccountName"
name_attribute = "displayName"
mail_attribute = "userPrincipalName"
group_attribute = "isMemberOf"
group_base = "ou=groups,dc=example,dc=com"
group_filter = "(member:1.2.840.113556.1.4.1941:={dn})"
)-",
                           problems);
  CHECK(problems.all().empty());
  CHECK(config.servers.size() == 2);
  CHECK(config.start_tls);
  CHECK(config.trust->value == "a/ca.pem");
  CHECK(config.timeout == 2s);
  CHECK(config.bind_dn == "EXAMPLE\\pforte");
  CHECK(config.bind_password_file->value == "/etc/pforte/ldap.password");
  CHECK(config.login_attribute == "sAMAccountName");
  CHECK(config.group_filter == "(member:1.2.840.113556.1.4.1941:={dn})");
}

TEST_CASE("little is needed, and the rest has its defaults") {
  conf::Problems problems;
  LdapConfig config = read(with(""), problems);
  CHECK(problems.all().empty());
  CHECK(config.timeout == 5s);
  CHECK(!config.trust);
  CHECK(config.group_attribute == "memberOf");
  CHECK(problems_of("[ldap]\nservers = [\"ldaps://x\"]\nbind_pattern = \"{login}@example.com\"\n").empty());
}

TEST_CASE("the attribute that the filter asks for the login is the agent's, unless another is named") {
  struct Row {
    std::string_view filter;
    std::string_view attribute;
  };
  const Row rows[] = {
      {"(uid={login})", "uid"},
      {"(&(objectCategory=person)(sAMAccountName={login}))", "sAMAccountName"},
      {"(|(uid={login})(mail={login}))", ""},
      {"(mail={login}@example.com)", ""},
      {"(uid:caseExactMatch:={login})", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.filter);
    conf::Problems problems;
    std::string text = cat("[ldap]\nservers = [\"ldaps://x\"]\nbase = \"dc=x\"\nuser_filter = \"", row.filter, "\"\n");
    CHECK(read(text, problems).login_attribute == row.attribute);
    CHECK(read(text + "login_attribute = \"cn\"\n", problems).login_attribute == "cn");
  }
}

TEST_CASE("a server is a scheme, a host and perhaps a port") {
  for (std::string_view url :
       {"dc1.example.com", "http://x", "ldaps://", "ldaps://x:0", "ldaps://x:65536", "ldaps://x/dc=x", "ldaps://x?uid",
        "ldaps://a:b@x", "ldaps://fd00::1", "ldaps://[x]", "ldaps://x y", "ldaps://x,ldap://y", "ldapi:///", ""}) {
    CAPTURE(url);
    CHECK(problems_of(with_server(url)) == "2:12 conf.ldap.server\n");
  }
  for (std::string_view url : {"ldaps://x", "LDAPS://DC1.example.com:1636", "ldaps://10.0.0.1/", "ldaps://[fd00::1]"})
    CHECK(problems_of(with_server(url)).empty());
}

TEST_CASE("a password in a URL does not reach a message") {
  conf::Problems problems;
  (void)read(with_server("ldaps://user:secret@x"), problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(!problems.all()[0].what.en.contains("secret"));
  CHECK(!problems.all()[0].what.de.contains("secret"));
}

TEST_CASE("passwords travel in clear only over loopback, or where that is said") {
  CHECK(problems_of(with_server("ldap://dc1.example.com")) == "2:12 conf.ldap.plain\n");
  CHECK(problems_of(with_server("ldap://10.0.0.1")) == "2:12 conf.ldap.plain\n");
  CHECK(problems_of(with_server("ldap://dc1.example.com", "start_tls = true")).empty());
  for (std::string_view url : {"ldap://127.0.0.1", "ldap://localhost:10389", "ldap://[::1]", "ldap://127.9.9.9"})
    CHECK(problems_of(with_server(url)).empty());

  conf::Problems problems;
  (void)read(with_server("ldap://dc1.example.com", "plain = true"), problems);
  REQUIRE(problems.all().size() == 1);
  CHECK(problems.all()[0].severity == conf::Severity::Warning);
  CHECK(problems_of(with_server("ldap://x", "plain = true\nstart_tls = true")) == "5:9 conf.ldap.plain\n");
  CHECK(problems_of(with("start_tls = true")) == "5:13 conf.ldap.no-effect\n");
}

TEST_CASE("what is missing or contradicts itself is said at its place") {
  struct Row {
    std::string text, problems;
  };
  const Row rows[] = {
      {"[ldap]\nbase = \"dc=x\"\nuser_filter = \"(uid={login})\"", "1:1 conf.ldap.no-server\n"},
      {"[ldap]\nservers = []\nbase = \"dc=x\"\nuser_filter = \"(uid={login})\"", "2:11 conf.ldap.no-server\n"},
      {"[ldap]\nservers = [\"ldaps://x\", \"ldaps://X:636\"]\nbind_pattern = \"{login}\"",
       "2:25 conf.ldap.server-twice\n"},
      {"[ldap]\nservers = [\"ldaps://x\"]", "1:1 conf.ldap.way\n"},
      {"[ldap]\nservers = [\"ldaps://x\"]\nbase = \"dc=x\"", "1:1 conf.ldap.way\n"},
      {"[ldap]\nservers = [\"ldaps://x\"]\nbase = \"dc=x\"\nbind_pattern = \"{login}\"", "1:1 conf.ldap.way\n"},
      {with("bind_dn = \"cn=x\""), "5:11 conf.ldap.account\n"},
      {with("bind_dn = \"\"\nbind_password_file = \"f\""), "5:11 conf.ldap.account\n"},
      {with("bind_password_file = \"f\""), "5:22 conf.ldap.account\n"},
      {with("bind_pattern = \"{login}\"\nbind_dn = \"cn=x\"\nbind_password_file = \"f\""),
       "6:11 conf.ldap.two-ways\n7:22 conf.ldap.two-ways\n"},
      {with("bind_pattern = \"uid=susan\""), "5:16 conf.ldap.pattern\n"},
      {with("bind_pattern = \"uid={login},nonsense\""), "5:16 conf.ldap.pattern\n"},
      {with("bind_pattern = \"{login}{dn}\""), "5:16 conf.ldap.pattern\n"},
      {with("group_base = \"dc=x\""), "5:14 conf.ldap.groups\n"},
      {with("group_filter = \"(member={dn})\""), "5:16 conf.ldap.groups\n"},
      {with("group_base = \"x\"\ngroup_filter = \"(member=x)\""), "5:14 conf.ldap.base\n6:16 conf.ldap.filter\n"},
      {with("name_attribute = \"(cn)\""), "5:18 conf.ldap.attribute\n"},
      {with("login_attribute = \"\""), "5:19 conf.ldap.attribute\n"},
      {with("timeout = \"1ms\""), "5:11 conf.range\n"},
      {with("user_fitler = \"x\""), "5:1 conf.unknown-key\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(problems_of(row.text) == row.problems);
  }
}

TEST_CASE("a filter has parentheses that pair off, and a place for the login") {
  for (std::string_view filter : {"uid={login}", "(uid={login}", "(uid={login}))", "(uid={login})(cn=x)", "(uid=susan)",
                                  "(uid={user})", "(uid={login})x", "()", "(memberOf={dn}{login})"}) {
    CAPTURE(filter);
    CHECK(problems_of(cat("[ldap]\nservers = [\"ldaps://x\"]\nbase = \"dc=x\"\nuser_filter = \"", filter, "\"\n")) ==
          "4:15 conf.ldap.filter\n");
  }
  CHECK(problems_of(cat("[ldap]\nservers = [\"ldaps://x\"]\nbase = \"dc=x\"\n"
                        "user_filter = \"(&(objectClass=person)(|(uid={login})(mail={login})))\"\n"))
            .empty());
}

TEST_CASE("files that cannot be used are said before anybody signs in") {
  crypto::testing::Folder folder;
  crypto::Identity authority = crypto::testing::make_authority();
  LdapConfig config;
  config.trust = conf::Text{folder.write("ca.pem", crypto::testing::pem_of(*authority.chain.front())), {"f", 1, 1}};
  config.bind_password_file = conf::Text{folder.write("password", "secret\n"), {"f", 2, 1}};
  conf::Problems none;
  check_ldap_files(config, none);
  CHECK(none.all().empty());

  config.trust->value = folder.write("nothing.pem", "nothing");
  config.bind_password_file->value = folder.write("empty", "\n");
  conf::Problems two;
  check_ldap_files(config, two);
  REQUIRE(two.all().size() == 2);
  CHECK(two.all()[0].code == "certificate.none");
  CHECK(two.all()[1].code == "conf.empty");
  config.bind_password_file->value = folder.path() + "/missing";
  check_ldap_files(config, two);
  CHECK(two.all().back().code == "file.unreadable");
}

}  // namespace pforte::identity
