#include "identity/principal_login.h"

#include <doctest/doctest.h>

#include <array>
#include <thread>

#include "base/text.h"
#include "store/testing.h"

namespace pforte::identity {
namespace {

using store::testing::TemporaryStore;

kerberos::Proof ticket_of(std::string_view principal) {
  kerberos::Proof proof;
  proof.client = kerberos::parse_principal(principal).value();
  proof.expires = std::chrono::system_clock::from_time_t(2'000'000'000);
  proof.groups = {"domain-users", "Sales, South", "crm"};
  return proof;
}

NameRule table_rule(std::string principal, std::string login) {
  NameRule rule;
  rule.table.emplace(std::move(principal), std::move(login));
  return rule;
}

NameRule pattern_rule(std::string_view pattern, std::string_view login) {
  conf::Problems problems;
  std::string text = cat("pattern = '", pattern, "'\nlogin = '", login, "'\n");
  conf::Table document = conf::read_document(text, "a.toml", problems).value();
  NameRule rule = read_name_rule_config(conf::Reader(document, problems));
  REQUIRE(problems.all().empty());
  return rule;
}

// Agents, and a login by ticket to them, with A as the realm whose names may stand for logins.
struct Office {
  explicit Office(const SignInConfig& config = {}) : login(agents, {"A"}, config) {}

  void add(std::string_view name, std::vector<std::string> principals = {}) {
    Agent agent;
    agent.login = name;
    agent.principals = std::move(principals);
    REQUIRE(agents.add(agent));
  }

  // The login of whoever signs in with it, or the code of the refusal.
  std::string who(std::string_view principal) {
    Result<ProvenAgent> proven = login.agent_for(ticket_of(principal));
    if (!proven) CHECK(proven.error().kind() == Kind::Denied);
    std::string end = proven ? proven->agent.login : std::string(proven.error().code());
    Result<Mapping> mapped = login.map(kerberos::parse_principal(principal).value());
    std::string said = mapped ? mapped->login : std::string(mapped.error().code());
    CHECK(said == end);
    return end;
  }

  std::string why_not(std::string_view principal) {
    Result<ProvenAgent> proven = login.agent_for(ticket_of(principal));
    REQUIRE(!proven);
    return proven.error().text();
  }

  Mapping::By step(std::string_view principal) {
    return login.map(kerberos::parse_principal(principal).value()).value().by;
  }

  TemporaryStore store;
  Agents agents{*store};
  PrincipalLogin login;
};

SignInConfig with_rules(std::vector<NameRule> rules, UnknownAgents unknown = UnknownAgents::Refused) {
  SignInConfig config;
  config.map = std::move(rules);
  config.unknown_agents = unknown;
  return config;
}

SignInConfig creating(std::vector<NameRule> rules = {}) {
  return with_rules(std::move(rules), UnknownAgents::Created);
}

TEST_CASE("the agent who has the principal signs in by it, with the groups of both") {
  Office office;
  Agent agent;
  agent.login = "susan.m";
  agent.principals = {"susan@B"};
  agent.groups = {"support", "crm"};
  REQUIRE(office.agents.add(agent));
  ProvenAgent proven = office.login.agent_for(ticket_of("susan@B")).value();
  CHECK(proven.agent.login == "susan.m");
  CHECK(proven.method == Method::Kerberos);
  CHECK(proven.principal == "susan@B");
  CHECK(proven.groups == std::vector<std::string>{"crm", "domain-users", "support"});
  CHECK(proven.not_after == std::chrono::system_clock::from_time_t(2'000'000'000));
  CHECK(office.step("susan@B") == Mapping::By::Principal);
}

TEST_CASE("a login stands for its name in listed realms alone, letter by letter") {
  Office office;
  office.add("susan");
  CHECK(office.who("susan@A") == "susan");
  CHECK(office.step("susan@A") == Mapping::By::LoginFallback);
  for (std::string_view principal : {"susan@B", "susan@a", "Susan@A", "susan@A.B", "susann@A"}) {
    CAPTURE(principal);
    CHECK(office.who(principal) == "sign-in.unknown");
  }
}

TEST_CASE("whoever has a principal is not known by the login any more") {
  Office office;
  office.add("susan", {"susan@B"});
  CHECK(office.who("susan@B") == "susan");
  CHECK(office.who("susan@A") == "sign-in.unknown");
  CHECK(office.why_not("susan@A") ==
        "no agent has the principal susan@A, and none without a principal has the login \"susan\"");
}

TEST_CASE("names of computers, with an instance, or with escapes do not pass as somebody's login") {
  Office office(with_rules({pattern_rule("(.*)@EVIL", "\\1")}));
  for (std::string_view login : {"pc01$", "user", "user/admin", "admin", "susan", "susan@A", "susan\\@A", "a b"})
    office.add(login);
  CHECK(office.who("pc01$@A") == "sign-in.machine");
  CHECK(office.who("pc01$@EVIL") == "sign-in.machine");
  for (std::string_view principal : {"user/admin@A", "admin/user@A", "susan\\@A@A", "susan\\@A@EVIL", "us\\/er@A",
                                     "susan\\\\@A", "susan\\n@A", "host/susan@A", "susan/@x@A"}) {
    CAPTURE(principal);
    Result<kerberos::Principal> read = kerberos::parse_principal(principal);
    if (read) CHECK(office.who(principal) == "sign-in.unknown");
  }
  CHECK(office.who("a b@A") == "a b");
}

TEST_CASE("an agent may have exactly the principal of a computer, or one with an instance or escapes") {
  Office office;
  office.add("scanner", {"pc01$@A"});
  office.add("root", {"user/admin@A", "susan\\@x@A"});
  CHECK(office.who("pc01$@A") == "scanner");
  CHECK(office.who("user/admin@A") == "root");
  CHECK(office.who("susan\\@x@A") == "root");
}

TEST_CASE("where two agents claim a principal, neither signs in, and both are named") {
  Office office(with_rules({table_rule("susan@A", "carol")}));
  office.add("susan", {"susan@A"});
  office.add("carol", {"susan@A", "carol@A"});
  CHECK(office.who("susan@A") == "sign-in.conflict");
  CHECK(office.why_not("susan@A") ==
        "the principal susan@A is claimed by more than one agent, so none signs in by it: \"carol\", \"susan\"");
  CHECK(office.who("carol@A") == "carol");
}

TEST_CASE("the first rule that matches decides, behind principals and logins") {
  Office office(
      with_rules({table_rule("vip@B", "boss"), pattern_rule("([^@]+)@B", "\\1_b"), pattern_rule("(.*)@.*", "\\1")}));
  office.add("boss");
  office.add("vip_b");
  office.add("susan_b");
  office.add("susan", {"susan@C"});
  office.add("carol");
  CHECK(office.who("vip@B") == "boss");
  CHECK(office.step("vip@B") == Mapping::By::Rule);
  CHECK(office.who("susan@B") == "susan_b");
  CHECK(office.who("susan@C") == "susan");
  CHECK(office.step("susan@C") == Mapping::By::Principal);
  CHECK(office.who("carol@A") == "carol");
  CHECK(office.step("carol@A") == Mapping::By::LoginFallback);
  // The third would have found somebody.
  CHECK(office.who("carol@B") == "sign-in.unknown");
  CHECK(office.why_not("carol@B") ==
        "no agent has the principal carol@B, and none has the login \"carol_b\" that the rule at a.toml:1:1 gives");
  CHECK(office.who("Carol@D") == "sign-in.unknown");
}

TEST_CASE("a disabled agent does not sign in, by whichever step") {
  Office office;
  office.add("susan", {"susan@B"});
  office.add("carol");
  REQUIRE(office.agents.set_disabled("susan", true));
  REQUIRE(office.agents.set_disabled("carol", true));
  CHECK(office.who("susan@B") == "sign-in.disabled");
  CHECK(office.who("carol@A") == "sign-in.disabled");
}

TEST_CASE("where the configuration says so, somebody unknown is created once") {
  Office office(creating({pattern_rule("([^@]+)@B", "\\1_b")}));
  CHECK(office.login.map(kerberos::parse_principal("susan@A").value()).value().login == "susan");
  CHECK(office.agents.find_login("susan").value() == std::nullopt);
  CHECK(office.who("susan@A") == "susan");
  Agent made = office.agents.find_login("susan").value().value();
  CHECK(made.principals == std::vector<std::string>{"susan@A"});
  CHECK(made.groups.empty());
  ProvenAgent again = office.login.agent_for(ticket_of("susan@A")).value();
  CHECK(again.agent.number == made.number);
  CHECK(again.groups == std::vector<std::string>{"crm", "domain-users"});
  CHECK(office.step("susan@A") == Mapping::By::Principal);
  CHECK(office.who("susan@B") == "susan_b");
  CHECK(store::testing::number(*office.store, "SELECT count(*) FROM agent") == 2);
}

TEST_CASE("somebody created has the name that the ticket says, if it can be shown") {
  Office office(creating());
  kerberos::Proof susan = ticket_of("susan@A"), peter = ticket_of("peter@A");
  susan.name = "Susan S\u00f6mmer";
  peter.name = "Peter\nPan";
  CHECK(office.login.agent_for(susan).value().agent.name == susan.name);
  CHECK(office.login.agent_for(peter).value().agent.name.empty());
}

TEST_CASE("nobody is created in another's name, nor without a rule or listed realm, nor for what is no person") {
  Office office(creating({pattern_rule("([^@]+)@B", "\\1"), pattern_rule("(bad)@C", "\\1:")}));
  office.add("susan", {"susan@C"});
  for (std::string_view principal :
       {"susan@A", "SUSAN@A", "susan@D", "bad@C", "user/admin@A", "user/admin@B", "a\\@b@A"}) {
    CAPTURE(principal);
    CHECK(office.who(principal) == "sign-in.unknown");
  }
  CHECK(office.who("pc01$@A") == "sign-in.machine");
  CHECK(store::testing::number(*office.store, "SELECT count(*) FROM agent") == 1);
}

TEST_CASE("somebody unknown who comes several times at once is created once") {
  Office office(creating());
  std::array<std::int64_t, 8> numbers{};
  {
    std::vector<std::jthread> threads;
    threads.reserve(numbers.size());
    for (std::int64_t& number : numbers) {
      threads.emplace_back([&] {
        Result<ProvenAgent> proven = office.login.agent_for(ticket_of("susan@A"));
        if (proven) number = proven->agent.number;
      });
    }
  }
  for (std::int64_t number : numbers) CHECK(number == 1);
}

}  // namespace
}  // namespace pforte::identity
