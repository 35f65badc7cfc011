#include "identity/password_login.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <list>
#include <thread>
#include <vector>

#include "identity/testing.h"
#include "store/testing.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using testing::Slapd;

Slapd& people() {
  static Slapd one;
  return one;
}

net::Address source(std::string_view ip = "192.0.2.1") {
  return net::parse_ip(ip).value();
}

// A store with susan (who has a password here, and is in "local") and peter (who has none), and what goes with it.
struct Gate {
  explicit Gate(std::vector<Provider> providers) {
    config.providers = std::move(providers);
    Agent susan;
    susan.login = "susan";
    susan.groups = {"local"};
    REQUIRE(agents.add(susan));
    Secret password("Database-1");
    REQUIRE(agents.set_password("susan", &password));
    Agent peter;
    peter.login = "peter";
    REQUIRE(agents.add(peter));
  }

  PasswordLogin login() { return {agents, config, &ldap, services, lockout}; }

  store::testing::TemporaryStore store;
  Agents agents{*store};
  SignInConfig config;
  LdapConfig ldap = people().config();
  Services services{*store};
  Lockout lockout;
};

Result<ProvenAgent> prove(PasswordLogin& login, const std::string& name, std::string_view password) {
  std::vector<ProviderAnswer> answers;
  return login.sign_in(name, Secret(password), source(), answers);
}

std::string sign_in(PasswordLogin& login, const std::string& name, std::string_view password) {
  Result<ProvenAgent> agent = prove(login, name, password);
  return agent ? std::string(method_name(agent->method)) : std::string(agent.error().code());
}

// That nobody listens at.
conf::Text dead_server() {
  return {cat("ldaps://127.0.0.1:", testing::free_port()), {}};
}

}  // namespace

TEST_CASE("the first provider that knows the password decides") {
  Gate gate({Provider::Kerberos, Provider::Ldap, Provider::Database});
  PasswordLogin login = gate.login();
  CHECK(sign_in(login, "susan", "Pw-susan") == "ldap");
  CHECK(sign_in(login, "susan", "Database-1") == "database");
  CHECK(sign_in(login, "SUSAN", "Database-1") == "database");
  CHECK(sign_in(login, "susan", "something") == "sign-in.wrong");
  CHECK(sign_in(login, "nobody", "something") == "sign-in.wrong");
}

TEST_CASE("who was asked, in which order, and what each said is told") {
  using Said = ProviderAnswer::Said;
  Gate gate({Provider::Kerberos, Provider::Ldap, Provider::Database});
  PasswordLogin login = gate.login();
  struct Row {
    std::string name, password;
    std::vector<Said> said;
  };
  const Row rows[] = {
      {"susan", "Pw-susan", {Said::Accepted}},
      {"susan", "Database-1", {Said::WrongPassword, Said::Accepted}},
      {"nobody", "something", {Said::NoSuchLogin, Said::NoSuchLogin}},
      {"susan", "", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    std::vector<ProviderAnswer> answers;
    (void)login.sign_in(row.name, Secret(row.password), source(), answers);
    std::vector<Said> said;
    said.reserve(answers.size());
    for (const ProviderAnswer& one : answers) said.push_back(one.said);
    CHECK(said == row.said);
    if (!answers.empty()) CHECK(answers.front().took > 0us);
    if (answers.size() > 1) CHECK(answers[1].store < answers[1].took);
  }
}

TEST_CASE("a provider that is silent or stopped is told as such") {
  using Said = ProviderAnswer::Said;
  Gate gate({Provider::Ldap, Provider::Database});
  gate.ldap.servers = {dead_server()};
  REQUIRE(set_service(*gate.store, "database", true));
  REQUIRE(gate.services.follow());
  PasswordLogin login = gate.login();
  std::vector<ProviderAnswer> answers;
  CHECK(!login.sign_in("susan", Secret("Database-1"), source(), answers));
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].said == Said::Silent);
  CHECK(!answers[0].reason.empty());
  CHECK(answers[1].said == Said::Stopped);
}

TEST_CASE("an agent's groups are those of the store and of the directory") {
  Gate gate({Provider::Ldap, Provider::Database});
  PasswordLogin login = gate.login();
  Result<ProvenAgent> by_directory = prove(login, "susan", "Pw-susan");
  REQUIRE(by_directory);
  CHECK(by_directory->groups == std::vector<std::string>{"Sales + EMEA", "crm-users", "local"});
  CHECK(by_directory->principal.empty());
  Result<ProvenAgent> by_database = prove(login, "susan", "Database-1");
  REQUIRE(by_database);
  CHECK(by_database->groups == std::vector<std::string>{"local"});
}

TEST_CASE("a password that cannot be one is refused before anybody is asked") {
  Gate gate({Provider::Ldap, Provider::Database});
  gate.ldap.servers = {dead_server()};  // so that asking would show
  PasswordLogin login = gate.login();
  auto began = std::chrono::steady_clock::now();
  CHECK(sign_in(login, "susan", "") == "sign-in.wrong");
  CHECK(sign_in(login, "susan", std::string(1 << 20, 'x')) == "sign-in.wrong");
  CHECK(sign_in(login, "susan", std::string(1025, 'x')) == "sign-in.wrong");
  CHECK(sign_in(login, std::string(257, 's'), "x") == "sign-in.wrong");
  CHECK(sign_in(login, "susan\n", "Database-1") == "sign-in.wrong");
  CHECK(sign_in(login, "", "x") == "sign-in.wrong");
  CHECK(std::chrono::steady_clock::now() - began < 100ms);
  CHECK(gate.lockout.wait_for("susan") == 0s);
}

TEST_CASE("whom the directory knows and the store does not is refused, or created") {
  Gate gate({Provider::Ldap});
  REQUIRE(gate.agents.remove("susan"));
  PasswordLogin refusing = gate.login();
  CHECK(sign_in(refusing, "susan", "Pw-susan") == "sign-in.unknown");
  CHECK(sign_in(refusing, "susan", "Pw-peter") == "sign-in.wrong");

  gate.config.unknown_agents = UnknownAgents::Created;
  PasswordLogin creating = gate.login();
  Result<ProvenAgent> susan = prove(creating, "susan", "Pw-susan");
  REQUIRE(susan);
  CHECK(susan->agent.name == "susan Test");
  CHECK(susan->agent.mail == "susan@firma.test");
  CHECK(susan->groups == std::vector<std::string>{"Sales + EMEA", "crm-users"});
  std::optional<Agent> stored = gate.agents.find_login("susan").value();
  REQUIRE(stored);
  CHECK(stored->groups.empty());  // or they would outlive their removal in the directory
  CHECK(!stored->has_password);
}

TEST_CASE("a disabled agent is told so only with the right password") {
  Gate gate({Provider::Ldap, Provider::Database});
  REQUIRE(gate.agents.set_disabled("susan", true));
  PasswordLogin login = gate.login();
  CHECK(sign_in(login, "susan", "Pw-susan") == "sign-in.disabled");
  CHECK(sign_in(login, "susan", "Database-1") == "sign-in.disabled");
  CHECK(sign_in(login, "susan", "x") == "sign-in.wrong");
}

TEST_CASE("a provider that an administrator has stopped is not asked") {
  Gate gate({Provider::Ldap, Provider::Database});
  PasswordLogin login = gate.login();
  REQUIRE(set_service(*gate.store, "ldap", true));
  REQUIRE(gate.services.follow());
  CHECK(sign_in(login, "susan", "Pw-susan") == "sign-in.wrong");
  REQUIRE(set_service(*gate.store, "database", true));
  REQUIRE(gate.services.follow());
  CHECK(sign_in(login, "susan", "Database-1") == "sign-in.no-provider");
  REQUIRE(set_service(*gate.store, "ldap", false));
  REQUIRE(gate.services.follow());
  CHECK(sign_in(login, "susan", "Pw-susan") == "ldap");
}

TEST_CASE("while no directory answers, the database goes on, and its agents are not blocked") {
  Gate gate({Provider::Ldap, Provider::Database});
  gate.ldap.servers = {dead_server()};
  PasswordLogin login = gate.login();
  CHECK(sign_in(login, "susan", "Database-1") == "database");
  for (int i = 0; i < 6; ++i) CHECK(sign_in(login, "peter", "Pw-peter") == "sign-in.no-provider");
  CHECK(gate.lockout.wait_for("peter", source()) == 0s);
}

TEST_CASE("while no directory answers, passwords of the database cannot be guessed faster") {
  Gate gate({Provider::Ldap, Provider::Database});
  gate.ldap.servers = {dead_server()};
  PasswordLogin login = gate.login();
  for (int i = 0; i < 5; ++i) CHECK(sign_in(login, "susan", "x") == "sign-in.no-provider");
  CHECK(sign_in(login, "susan", "Database-1") == "sign-in.locked");
}

TEST_CASE("after five failures even the right password has to wait, and a success begins anew") {
  Gate gate({Provider::Ldap});
  PasswordLogin login = gate.login();
  for (int i = 0; i < 4; ++i) CHECK(sign_in(login, "peter", "x") == "sign-in.wrong");
  CHECK(sign_in(login, "peter", "Pw-peter") == "ldap");
  for (int i = 0; i < 5; ++i) CHECK(sign_in(login, "peter", "x") == "sign-in.wrong");
  Result<ProvenAgent> locked = prove(login, "peter", "Pw-peter");
  REQUIRE(!locked);
  CHECK(locked.error().kind() == Kind::Limit);
  CHECK(locked.error().code() == "sign-in.locked");
  CHECK(locked.error().text() == "too many failures; wait 1 s");
}

TEST_CASE("spelling a login anew gives no further guesses") {
  Gate gate({Provider::Ldap});
  gate.ldap.login_attribute = "uid";
  PasswordLogin login = gate.login();
  // A directory takes the full-width letters for the plain ones.
  for (const char* name : {"peter",
                           "\xef\xbd\x90"
                           "eter",
                           "p\xef\xbd\x85ter",
                           "pe\xef\xbd\x94"
                           "er",
                           "pet\xef\xbd\x85r"})
    CHECK(sign_in(login, name, "x") == "sign-in.wrong");
  CHECK(gate.lockout.wait_for("peter") == 0s);
  CHECK(sign_in(login, "pete\xef\xbd\x92", "Pw-peter") == "sign-in.wrong");
}

// What this thread has worked: what else the machine does is not in it.
std::chrono::nanoseconds worked() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST_CASE("an unknown login takes as long as a wrong password") {
  Gate gate({Provider::Database});
  PasswordLogin login = gate.login();
  using Duration = std::chrono::nanoseconds;
  Duration known = Duration::max(), unknown = Duration::max(), without_password = Duration::max();
  auto shorten = [&](Duration& best, const std::string& name) {
    Duration before = worked();
    CHECK(sign_in(login, name, "x") == "sign-in.wrong");
    best = std::min(best, worked() - before);
  };
  for (int i = 0; i < 3; ++i) {
    shorten(known, "susan");
    shorten(unknown, "nobody");
    shorten(without_password, "peter");
  }
  CHECK(unknown > known / 2);
  CHECK(unknown < known * 2);
  CHECK(without_password > known / 2);
}

TEST_CASE("many sign in at the same time") {
  Gate gate({Provider::Ldap, Provider::Database});
  PasswordLogin login = gate.login();
  std::atomic<int> good = 0;
  {
    std::list<std::jthread> threads;
    for (const char* word : {"Pw-susan", "Database-1", "Pw-susan", "Database-1"}) {
      threads.emplace_back([&login, &good, word] {
        if (prove(login, "susan", word)) ++good;
      });
    }
  }
  CHECK(good == 4);
}

}  // namespace pforte::identity
