#include "identity/ldap_directory.h"

#include <doctest/doctest.h>

#include "identity/testing.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using testing::Slapd;

// One for all that only ask.
Slapd& slapd() {
  static Slapd one;
  return one;
}

std::string code_of(const auto& result) {
  return result ? "none" : std::string(result.error().code());
}

std::string sign_in(const LdapConfig& config, const std::string& login, std::string_view password) {
  return code_of(LdapDirectory(config).authenticate(login, Secret(password)));
}

LdapConfig by_pattern(std::string pattern) {
  LdapConfig config = slapd().config();
  config.base.clear();
  config.user_filter.clear();
  config.bind_dn.reset();
  config.bind_password_file.reset();
  config.bind_pattern = std::move(pattern);
  return config;
}

}  // namespace

TEST_CASE("whoever knows their password is told with name, mail and groups") {
  LdapDirectory directory(slapd().config());
  Result<LdapPerson> susan = directory.authenticate("susan", Secret("Pw-susan"));
  REQUIRE(susan);
  CHECK(susan->login == "susan");
  CHECK(susan->name == "susan Test");
  CHECK(susan->mail == "susan@firma.test");
  // "Sales, EMEA" would be two in a list.
  CHECK(susan->groups == std::vector<std::string>{"Sales + EMEA", "crm-users"});
}

TEST_CASE("a wrong password, no password and a login that nobody has are refused") {
  LdapConfig config = slapd().config();
  CHECK(sign_in(config, "susan", "Pw-peter") == "ldap.wrong");
  CHECK(sign_in(config, "susan", "") == "ldap.wrong");
  CHECK(sign_in(config, "silent", "x") == "ldap.wrong");
  CHECK(sign_in(config, "nobody", "x") == "ldap.unknown");
  CHECK(sign_in(config, "", "x") == "ldap.unknown");
  CHECK(sign_in(config, " susan", "Pw-susan") == "ldap.unknown");
  CHECK(sign_in(config, std::string("susan\0", 6), "Pw-susan") == "ldap.unknown");
  CHECK(sign_in(config, std::string(257, 'a'), "x") == "ldap.unknown");
}

TEST_CASE("a login is text in a filter, whatever it looks like") {
  LdapConfig config = slapd().config();
  for (const char* login : {"*", "*)(uid=*", "susan)(|(uid=*", "sus*", "\\2a", "susan)(userPassword=Pw-susan", "(&)"}) {
    CAPTURE(login);
    CHECK(sign_in(config, login, "Pw-susan") == "ldap.unknown");
  }
}

TEST_CASE("a login is text in a name, whatever it looks like") {
  LdapConfig config = by_pattern("uid={login},ou=people,dc=firma,dc=test");
  CHECK(sign_in(config, "susan", "Pw-susan") == "none");
  for (const char* login :
       {"susan,ou=people,dc=firma,dc=test", "x+uid=susan", "susan\\", "#737573616e", "x,uid=susan"}) {
    CAPTURE(login);
    CHECK(sign_in(config, login, "Pw-susan") == "ldap.wrong");
  }
  CHECK(sign_in(by_pattern("cn={login},ou=people,dc=firma,dc=test"), "O, \"x\" + <y>", "Pw-odd") == "none");
}

TEST_CASE("an entry whose name needs escapes signs in") {
  Result<LdapPerson> odd = LdapDirectory(slapd().config()).authenticate("odd", Secret("Pw-odd"));
  REQUIRE(odd);
  CHECK(odd->name == "O, \"x\" + <y>");
}

TEST_CASE("where the filter finds two, nobody signs in") {
  LdapConfig config = slapd().config();
  config.user_filter = "(mail={login})";
  CHECK(sign_in(config, "twin@firma.test", "Pw-twin-1") == "ldap.ambiguous");
  CHECK(sign_in(config, "susan@firma.test", "Pw-susan") == "none");
}

TEST_CASE("the agent's login is what was typed, or what the entry says") {
  LdapConfig config = slapd().config();
  config.user_filter = "(|(uid={login})(mail={login}))";
  Secret password("Pw-susan");
  CHECK(LdapDirectory(config).authenticate("SUSAN@firma.test", password)->login == "SUSAN@firma.test");
  config.login_attribute = "uid";
  CHECK(LdapDirectory(config).authenticate("SUSAN@firma.test", password)->login == "susan");
  CHECK(LdapDirectory(config).authenticate("Susan", password)->login == "susan");
  config.login_attribute = "employeeNumber";
  CHECK(sign_in(config, "susan", "Pw-susan") == "ldap.entry");
}

TEST_CASE("however a login is spelled, it is one account") {
  LdapDirectory directory(slapd().config());
  Result<LdapAccount> plain = directory.find("susan");
  Result<LdapAccount> wide = directory.find("\xef\xbd\x93usan");  // with a full-width s
  REQUIRE(plain);
  REQUIRE(wide);
  CHECK(plain->key == wide->key);
}

TEST_CASE("groups are searched where the configuration says how") {
  LdapConfig config = slapd().config();
  config.group_base = "ou=groups,dc=firma,dc=test";
  config.group_filter = "(&(objectClass=groupOfNames)(member={dn}))";
  Secret password("Pw-susan");
  std::vector<std::string> both = {"Sales + EMEA", "crm-users"};
  CHECK(LdapDirectory(config).authenticate("susan", password)->groups == both);
  CHECK(LdapDirectory(config).authenticate("odd", Secret("Pw-odd"))->groups.empty());

  LdapConfig pattern = by_pattern("uid={login},ou=people,dc=firma,dc=test");
  pattern.group_base = config.group_base;
  pattern.group_filter = config.group_filter;
  CHECK(LdapDirectory(pattern).authenticate("susan", password)->groups == both);
}

TEST_CASE("with a pattern the entry is read as the one who signed in") {
  Result<LdapPerson> susan =
      LdapDirectory(by_pattern("uid={login},ou=people,dc=firma,dc=test")).authenticate("susan", Secret("Pw-susan"));
  REQUIRE(susan);
  CHECK(susan->mail == "susan@firma.test");
  CHECK(susan->groups.size() == 2);
}

TEST_CASE("a login cannot choose another name by a pattern that is no distinguished name") {
  LdapConfig config = by_pattern("{login}");
  for (const char* login : {"cn=lookup,dc=firma,dc=test", "CORP\\susan", "susan@firma.test"})
    CHECK(sign_in(config, login, "Pw-lookup") == "ldap.unknown");
}

TEST_CASE("an account that is locked, or has to change its password first, does not sign in") {
  LdapConfig config = slapd().config();
  CHECK(sign_in(config, "locked", "Pw-locked") == "ldap.wrong");
  CHECK(sign_in(config, "reset", "Pw-reset") == "ldap.denied");
}

TEST_CASE("a refused service account is said, and is no fault of the agent's") {
  LdapConfig config = slapd().config();
  config.bind_password_file = conf::Text{slapd().folder().write("other.password", "wrong\n"), {}};
  LdapDirectory directory(config);
  Result<LdapPerson> susan = directory.authenticate("susan", Secret("Pw-susan"));
  CHECK(code_of(susan) == "ldap.service-account");
  CHECK(susan.error().kind() == Kind::Unavailable);
  // Not asked again at once, or the directory would lock the account.
  CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "ldap.unavailable");
}

TEST_CASE("a server that refuses what it is asked is not taken for dead") {
  LdapConfig config = slapd().config();
  config.base = "dc=elsewhere";
  LdapDirectory directory(config);
  CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "ldap.no-entry");
  CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "ldap.no-entry");
}

TEST_CASE("without TLS this directory takes no password, and with StartTLS it does") {
  LdapConfig config = slapd().config();
  config.servers = {{slapd().url(), {}}};
  CHECK(sign_in(config, "susan", "Pw-susan") == "ldap.refused");
  config.start_tls = true;
  CHECK(sign_in(config, "susan", "Pw-susan") == "none");
}

TEST_CASE("kept connections that the server has closed are replaced") {
  Slapd own;
  LdapDirectory directory(own.config());
  Secret password("Pw-susan");
  REQUIRE(directory.authenticate("susan", password));
  own.stop();
  own.start();
  CHECK(code_of(directory.authenticate("susan", password)) == "none");
}

TEST_CASE("a dead server is passed over, and asked no more for a while") {
  LdapConfig config = slapd().config();
  config.servers.insert(config.servers.begin(), {cat("ldaps://127.0.0.1:", testing::free_port()), {}});
  LdapDirectory directory(config);
  CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "none");
}

TEST_CASE("a server that accepts and says nothing costs its time once") {
  testing::LoopbackSocket mute;
  int port = mute.listen();
  for (bool start_tls : {false, true}) {
    CAPTURE(start_tls);
    LdapConfig config = slapd().config();
    config.timeout = 500ms;
    config.start_tls = start_tls;
    config.servers.insert(config.servers.begin(), {cat(start_tls ? "ldap" : "ldaps", "://127.0.0.1:", port), {}});
    LdapDirectory directory(config);
    auto began = std::chrono::steady_clock::now();
    CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "none");
    auto first = std::chrono::steady_clock::now() - began;
    CHECK(first >= 500ms);
    CHECK(first < 1500ms);
    CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "none");
    CHECK(std::chrono::steady_clock::now() - began < first + 500ms);
  }
}

TEST_CASE("a server that falls silent on a kept connection costs its time once") {
  // Of whatever it is asked first, it has found nothing: RFC 4511, 4.5.2. Then it says nothing more.
  testing::ScriptedServer server({std::string("\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00", 14)});
  LdapConfig config;
  config.servers = {{server.url(), {}}};
  config.timeout = 500ms;
  config.base = "dc=firma,dc=test";
  config.user_filter = "(uid={login})";
  LdapDirectory directory(config);
  REQUIRE(code_of(directory.find("susan")) == "ldap.unknown");
  auto began = std::chrono::steady_clock::now();
  CHECK(code_of(directory.find("susan")) == "ldap.timeout");
  auto took = std::chrono::steady_clock::now() - began;
  CHECK(took >= 500ms);
  CHECK(took < 900ms);
}

TEST_CASE("of each server it is known whether it answers, and why not") {
  LdapConfig config = slapd().config();
  std::string dead = cat("ldaps://127.0.0.1:", testing::free_port());
  config.servers.insert(config.servers.begin(), {dead, {}});
  LdapDirectory directory(config);
  for (const LdapServerState& server : directory.servers()) CHECK((server.up && !server.failed));
  auto began = std::chrono::system_clock::now();
  REQUIRE(directory.authenticate("susan", Secret("Pw-susan")));

  std::vector<LdapServerState> servers = directory.servers();
  REQUIRE(servers.size() == 2);
  CHECK(servers[0].url == dead);
  CHECK(!servers[0].up);
  REQUIRE(servers[0].failed);
  CHECK(*servers[0].failed >= began);
  REQUIRE(servers[0].left_alone_until);
  CHECK(*servers[0].left_alone_until > *servers[0].failed + 3s);
  CHECK(*servers[0].left_alone_until < *servers[0].failed + 6s);
  CHECK(servers[0].reason.starts_with(dead));
  CHECK(servers[1].url == slapd().tls_url());
  CHECK(servers[1].up);
  CHECK(servers[1].reason.empty());
}

TEST_CASE("of a server that refuses what it is asked it is known as well, though it is up") {
  LdapConfig config = slapd().config();
  config.base = "dc=elsewhere";
  LdapDirectory directory(config);
  REQUIRE(code_of(directory.find("susan")) == "ldap.no-entry");
  std::vector<LdapServerState> servers = directory.servers();
  CHECK(servers.at(0).up);
  CHECK(servers.at(0).failed);
  CHECK(!servers.at(0).left_alone_until);
  CHECK(servers.at(0).reason.contains("No such object"));
}

TEST_CASE("when no server answers, that is said, and at once the next time") {
  LdapConfig config = slapd().config();
  config.servers = {{cat("ldaps://127.0.0.1:", testing::free_port()), {}}};
  LdapDirectory directory(config);
  Result<LdapPerson> none = directory.authenticate("susan", Secret("Pw-susan"));
  CHECK(code_of(none) == "ldap.connect");
  CHECK(none.error().kind() == Kind::Unavailable);
  CHECK(code_of(directory.authenticate("susan", Secret("Pw-susan"))) == "ldap.unavailable");
}

}  // namespace pforte::identity
