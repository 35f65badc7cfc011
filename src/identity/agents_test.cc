#include "identity/agents.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "base/text.h"
#include "crypto/password_hash.h"
#include "store/testing.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using store::testing::number;
using store::testing::TemporaryStore;

// Passes everything on, and asks the database how it finds the rows.
class ExplainingStore final : public store::Store {
 public:
  explicit ExplainingStore(store::Store& store) : store_(store) {}

  Result<std::uint64_t> change(std::string_view statement, Values values, store::Durability durability) override {
    TRY(explain(statement, values));
    return store_.change(statement, values, durability);
  }
  Result<> read(std::string_view statement, Values values,
                const std::function<void(const store::Row&)>& each) override {
    TRY(explain(statement, values));
    return store_.read(statement, values, each);
  }
  Result<> transact(const std::function<Result<>()>& work) override { return store_.transact(work); }
  Result<std::uint64_t> changes_elsewhere() override { return store_.changes_elsewhere(); }

  std::string scans;  // statements that look at every row
  int searches = 0;

 private:
  Result<> explain(std::string_view statement, Values values) {
    return store_.read(cat("EXPLAIN QUERY PLAN ", statement), values, [&](const store::Row& row) {
      if (row.text(3).starts_with("SCAN")) scans += cat(statement, ": ", row.text(3), "\n");
      if (row.text(3).starts_with("SEARCH")) ++searches;
    });
  }

  store::Store& store_;
};

Agent susan() {
  Agent agent;
  agent.login = "Susan";
  agent.name = "Susan Müller";
  agent.mail = "susan@example.com";
  agent.principals = {"susan@EXAMPLE.DE", "susan@EXAMPLE.COM"};
  agent.groups = {"sales", "crm", "sales"};
  return agent;
}

bool sessions_ended(store::Store& store, std::int64_t agent) {
  bool ended = number(store, cat("SELECT count(*) FROM agent_end WHERE agent = ", agent)) == 1;
  bool gone = number(store, cat("SELECT count(*) FROM session WHERE agent = ", agent)) == 0;
  CHECK(ended == gone);
  return ended;
}

// As if nothing had ended yet.
void begin_session(store::Store& store, std::int64_t agent) {
  REQUIRE(store.change("DELETE FROM agent_end"));
  REQUIRE(store.change(
      "INSERT INTO session (id, agent, login, method, principal, client, user_agent, began, seen, expires) "
      "VALUES ('id', ?, '', '', '', '', '', 0, 0, 0)",
      {agent}));
}

TEST_CASE("an agent is found by login in any case, by each principal, and by number") {
  TemporaryStore store;
  Agents agents(*store);
  std::int64_t number = agents.add(susan()).value().number;

  Agent found = agents.find_login("sUSAN").value().value();
  CHECK(found.number == number);
  CHECK(found.login == "Susan");
  CHECK(found.name == "Susan Müller");
  CHECK(found.mail == "susan@example.com");
  CHECK(found.principals == std::vector<std::string>{"susan@EXAMPLE.COM", "susan@EXAMPLE.DE"});
  CHECK(found.groups == std::vector<std::string>{"crm", "sales"});
  CHECK(!found.disabled);
  CHECK(!found.has_password);
  CHECK(agents.find_principal("susan@EXAMPLE.DE").value().at(0).login == "Susan");
  CHECK(agents.find_number(number).value().value().login == "Susan");

  CHECK(agents.find_login("susann").value() == std::nullopt);
  CHECK(agents.find_principal("Susan@EXAMPLE.DE").value().empty());
  CHECK(agents.find_number(number + 1).value() == std::nullopt);
}

TEST_CASE("two agents may claim a principal, and both are found by it") {
  TemporaryStore store;
  Agents agents(*store);
  REQUIRE(agents.add(susan()));
  Agent other;
  other.login = "carol";
  other.principals = {"susan@EXAMPLE.COM"};
  REQUIRE(agents.add(other));
  std::vector<Agent> claimants = agents.find_principal("susan@EXAMPLE.COM").value();
  REQUIRE(claimants.size() == 2);
  CHECK(claimants[0].login == "carol");
  CHECK(claimants[1].login == "Susan");
}

TEST_CASE("a login is given once, whatever the case of its letters") {
  TemporaryStore store;
  Agents agents(*store);
  REQUIRE(agents.add(susan()));
  Agent other;
  other.login = "SUSAN";
  Result<Agent> added = agents.add(other);
  REQUIRE(!added);
  CHECK(added.error().kind() == Kind::Invalid);
  CHECK(added.error().code() == "agent.taken");
  CHECK(added.error().text().find("\"Susan\"") != std::string::npos);

  other.login = "carol";
  other = agents.add(other).value();
  other.login = "susan";
  CHECK(agents.change(other).error().code() == "agent.taken");
}

TEST_CASE("a value that cannot be one is refused with its code, and nothing is added") {
  struct Row {
    std::string_view what;
    void (*spoil)(Agent&);
    std::string_view code;
  };
  constexpr std::array<Row, 9> kRows = {{
      {"no login", [](Agent& agent) { agent.login = ""; }, "agent.login"},
      {"a colon", [](Agent& agent) { agent.login = "a:b"; }, "agent.login"},
      {"a line", [](Agent& agent) { agent.login = "a\r\nRemote-User: b"; }, "agent.login"},
      {"a blank", [](Agent& agent) { agent.login = "susan "; }, "agent.login"},
      {"too long", [](Agent& agent) { agent.login = std::string(129, 'x'); }, "agent.login"},
      {"Latin-1", [](Agent& agent) { agent.name = "M\xfcller"; }, "agent.name"},
      {"a list", [](Agent& agent) { agent.groups = {"crm,admin"}; }, "agent.group"},
      {"no realm", [](Agent& agent) { agent.principals = {"susan"}; }, "agent.principal"},
      {"a bell", [](Agent& agent) { agent.principals = {"su\asan@R"}; }, "agent.principal"},
  }};
  TemporaryStore store;
  Agents agents(*store);
  for (const Row& row : kRows) {
    CAPTURE(row.what);
    Agent agent = susan();
    row.spoil(agent);
    Result<Agent> added = agents.add(agent);
    REQUIRE(!added);
    CHECK(added.error().kind() == Kind::Invalid);
    CHECK(added.error().code() == row.code);
  }
  CHECK(number(*store, "SELECT count(*) FROM agent") == 0);
}

TEST_CASE("a principal is kept as Kerberos writes it") {
  TemporaryStore store;
  Agents agents(*store);
  Agent agent = susan();
  agent.principals = {"s\\usan@EXAMPLE.COM", "susan@EXAMPLE.COM", "a\\@b@R"};
  CHECK(agents.add(agent).value().principals == std::vector<std::string>{"a\\@b@R", "susan@EXAMPLE.COM"});
}

TEST_CASE("a change that takes nothing away leaves the sessions") {
  TemporaryStore store;
  Agents agents(*store);
  Agent agent = agents.add(susan()).value();
  begin_session(*store, agent.number);
  agent.name = "Susan Meier";
  agent.groups.emplace_back("service");
  agent.principals.emplace_back("susan@EXAMPLE.ORG");
  REQUIRE(agents.change(agent));
  CHECK(!sessions_ended(*store, agent.number));
  Agent found = agents.find_number(agent.number).value().value();
  CHECK(found.name == "Susan Meier");
  CHECK(found.groups == std::vector<std::string>{"crm", "sales", "service"});
  CHECK(found.principals.size() == 3);
}

TEST_CASE("whatever takes something from an agent ends the agent's sessions") {
  struct Row {
    std::string_view what;
    Result<> (*take)(Agents&, Agent&);
  };
  constexpr std::array<Row, 8> kRows = {{
      {"login", [](Agents& agents, Agent& agent) { return agent.login = "susi", agents.change(agent); }},
      {"group", [](Agents& agents, Agent& agent) { return agent.groups.pop_back(), agents.change(agent); }},
      {"principal", [](Agents& agents, Agent& agent) { return agent.principals.pop_back(), agents.change(agent); }},
      {"state", [](Agents& agents, Agent& agent) { return agent.disabled = true, agents.change(agent); }},
      {"disable", [](Agents& agents, Agent& agent) { return agents.set_disabled(agent.login, true); }},
      {"password", [](Agents& agents, Agent& agent) { return agents.set_password(agent.login, nullptr); }},
      {"remove", [](Agents& agents, Agent& agent) { return agents.remove(agent.login); }},
      {"case of login", [](Agents& agents, Agent& agent) { return agent.login = "susan", agents.change(agent); }},
  }};
  for (const Row& row : kRows) {
    CAPTURE(row.what);
    TemporaryStore store;
    Agents agents(*store);
    Agent agent = agents.add(susan()).value();
    begin_session(*store, agent.number);
    CHECK(row.take(agents, agent));
    CHECK(sessions_ended(*store, agent.number));
  }
}

TEST_CASE("a number is never given again") {
  TemporaryStore store;
  Agents agents(*store);
  std::int64_t first = agents.add(susan()).value().number;
  REQUIRE(agents.remove("susan"));
  CHECK(agents.find_number(first).value() == std::nullopt);
  CHECK(number(*store, "SELECT count(*) FROM agent_principal") == 0);
  CHECK(number(*store, "SELECT count(*) FROM agent_group") == 0);
  CHECK(agents.add(susan()).value().number == first + 1);
}

TEST_CASE("who is not there cannot be changed") {
  TemporaryStore store;
  Agents agents(*store);
  Secret password("secret");
  for (const Result<>& result : {agents.set_password("susan", &password), agents.set_disabled("susan", true),
                                 agents.remove("susan"), agents.change(susan())}) {
    REQUIRE(!result);
    CHECK(result.error().kind() == Kind::NotFound);
    CHECK(result.error().code() == "agent.unknown");
  }
}

TEST_CASE("a password is kept as its hash alone, and can be taken away") {
  TemporaryStore store;
  Agents agents(*store);
  REQUIRE(agents.add(susan()));
  CHECK(agents.password_hash("susan").value() == std::nullopt);
  Secret password("correct horse");
  REQUIRE(agents.set_password("SUSAN", &password));
  CHECK(agents.find_login("susan").value().value().has_password);
  std::string hash = agents.password_hash("Susan").value().value();
  CHECK(hash.starts_with("$argon2id$"));
  CHECK(crypto::is_password(password, hash));
  REQUIRE(agents.set_password("susan", nullptr));
  CHECK(agents.password_hash("susan").value() == std::nullopt);
  CHECK(agents.password_hash("nobody").value() == std::nullopt);
  for (const std::string& text : {std::string(), std::string(1025, 'x')}) {
    Secret unfit(text);
    CHECK(agents.set_password("susan", &unfit).error().code() == "agent.password");
  }
}

TEST_CASE("a token finds its agent until it expires, and is nowhere in the store") {
  TemporaryStore store;
  Agents agents(*store);
  REQUIRE(agents.add(susan()));
  auto now = std::chrono::system_clock::now();
  std::string token(agents.add_token("susan", "report", std::nullopt).value().reveal());
  std::string good(agents.add_token("susan", "", now + 1h).value().reveal());
  std::string old(agents.add_token("susan", "", now - 1s).value().reveal());
  CHECK(token.size() == 43);
  CHECK(agents.find_token(token).value().value().login == "Susan");
  CHECK(agents.find_token(good).value().value().login == "Susan");
  CHECK(agents.find_token(old).value() == std::nullopt);
  CHECK(agents.find_token(std::string(43, 'A')).value() == std::nullopt);
  CHECK(agents.find_token("").value() == std::nullopt);
  CHECK(agents.add_token("nobody", "", std::nullopt).error().code() == "agent.unknown");
  Result<> read = store->read("SELECT digest, label FROM agent_token", {}, [&](const store::Row& row) {
    CHECK(row.text(0).find(token) == std::string_view::npos);
    CHECK(row.text(0).size() == 64);
  });
  CHECK(read);
  REQUIRE(agents.remove("susan"));
  CHECK(agents.find_token(token).value() == std::nullopt);
}

TEST_CASE("every agent is looked at once, in order of login, with its lists") {
  TemporaryStore store;
  Agents agents(*store);
  Result<> added = store->transact([&]() -> Result<> {
    for (int i = 1999; i >= 1000; --i) {
      Agent agent;
      agent.login = cat(i % 2 == 0 ? "Agent" : "agent", i);
      agent.groups = {cat("group", i), "all"};
      agent.principals = {cat("p", i, "@R")};
      (void)TRY(agents.add(agent));
    }
    return {};
  });
  REQUIRE(added);
  int next = 1000;
  REQUIRE(agents.each([&](const Agent& agent) {
    CHECK(folded_login(agent.login) == cat("agent", next));
    CHECK(agent.groups == std::vector<std::string>{"all", cat("group", next)});
    CHECK(agent.principals == std::vector<std::string>{cat("p", next, "@R")});
    ++next;
  }));
  CHECK(next == 2000);
}

// As add() does, but for many.
Result<> add_many(store::Store& store, std::int64_t count) {
  for (std::int64_t number = 1; number <= count; ++number) {
    std::string login = cat("agent", number);
    (void)TRY(
        store.change("INSERT INTO agent (number, login, login_folded, name, mail, disabled, password, made) "
                     "VALUES (?, ?, ?, '', '', 0, NULL, 0)",
                     {number, login, login}));
    (void)TRY(store.change("INSERT INTO agent_principal (principal, agent) VALUES (?, ?)", {cat(login, "@A"), number}));
  }
  (void)TRY(store.change("UPDATE counter SET last = ?", {count}));
  return {};
}

TEST_CASE("one of a hundred thousand is found without looking at the others") {
  constexpr std::int64_t kMany = 100'000;
  TemporaryStore store;
  REQUIRE(store->transact([&] { return add_many(*store, kMany); }));
  ExplainingStore explaining(*store);
  Agents agents(explaining);
  CHECK(agents.find_login("AGENT77777").value().value().number == 77777);
  CHECK(agents.find_principal("agent77777@A").value().at(0).number == 77777);
  CHECK(agents.find_number(77777).value().value().login == "agent77777");
  CHECK(agents.find_login("agent777777").value() == std::nullopt);
  CHECK(agents.add(susan()).value().number == kMany + 1);
  CHECK(explaining.scans == "");
  CHECK(explaining.searches > 10);
}

TEST_CASE("no question about one agent looks at all of them") {
  TemporaryStore store;
  ExplainingStore explaining(*store);
  Agents agents(explaining);
  Agent agent = agents.add(susan()).value();
  agent.groups = {"crm"};
  REQUIRE(agents.change(agent));
  CHECK(agents.find_login("susan").value());
  CHECK(agents.find_principal("susan@EXAMPLE.COM").value().size() == 1);
  CHECK(agents.find_number(agent.number).value());
  CHECK(agents.find_token(agents.add_token("susan", "", std::nullopt).value().reveal()).value());
  CHECK(agents.password_hash("susan"));
  CHECK(agents.each([](const Agent&) {}));
  CHECK(agents.set_disabled("susan", true));
  CHECK(agents.remove("susan"));
  CHECK(explaining.scans == "");
  CHECK(explaining.searches > 20);
}

}  // namespace
}  // namespace pforte::identity
