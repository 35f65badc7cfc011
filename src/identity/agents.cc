#include "identity/agents.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/password_hash.h"
#include "crypto/random.h"
#include "identity/plain_text.h"
#include "kerberos/principal.h"

namespace pforte::identity {
namespace {

using store::Row;
using store::Store;

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLetters = 43;
constexpr std::size_t kMostPasswordBytes = 1024;
constexpr std::size_t kPage = 500;

constexpr std::string_view kSelect =
    "SELECT agent.number, agent.login, agent.name, agent.mail, agent.disabled, "
    "CASE WHEN agent.password IS NULL THEN 0 ELSE 1 END FROM agent ";

void read_agent(const Row& row, Agent& agent) {
  agent.number = row.number(0);
  agent.login = row.text(1);
  agent.name = row.text(2);
  agent.mail = row.text(3);
  agent.disabled = row.number(4) != 0;
  agent.has_password = row.number(5) != 0;
}

Agent agent_of(const Row& row) {
  Agent agent;
  read_agent(row, agent);
  return agent;
}

// The order of a database depends on its settings.
void put_in_order(Agent& agent) {
  std::ranges::sort(agent.principals);
  std::ranges::sort(agent.groups);
}

Result<> fill(Store& store, Agent& agent) {
  TRY(store.read("SELECT principal FROM agent_principal WHERE agent = ?", {agent.number},
                 [&](const Row& row) { agent.principals.emplace_back(row.text(0)); }));
  TRY(store.read("SELECT name FROM agent_group WHERE agent = ?", {agent.number},
                 [&](const Row& row) { agent.groups.emplace_back(row.text(0)); }));
  put_in_order(agent);
  return {};
}

// `rest` is what follows in the statement.
Result<std::vector<Agent>> select(Store& store, std::string_view rest, Store::Values values) {
  std::vector<Agent> agents;
  TRY(store.read(cat(kSelect, rest), values, [&](const Row& row) { agents.push_back(agent_of(row)); }));
  for (Agent& agent : agents) TRY(fill(store, agent));
  return agents;
}

Result<std::optional<Agent>> select_one(Store& store, std::string_view rest, Store::Values values) {
  std::vector<Agent> agents = TRY(select(store, rest, values));
  return agents.empty() ? std::nullopt : std::optional(std::move(agents.front()));
}

std::unexpected<Error> unknown(std::string_view login) {
  return fail(Kind::NotFound, "agent.unknown", cat("there is no agent \"", login, '"'));
}

void make_set(std::vector<std::string>& texts) {
  std::ranges::sort(texts);
  auto [from, to] = std::ranges::unique(texts);
  texts.erase(from, to);
}

Result<> check_names(const Agent& agent) {
  auto invalid = [](std::string_view code, std::string text) { return fail(Kind::Invalid, code, std::move(text)); };
  if (!can_be_login(agent.login)) {
    return invalid("agent.login", cat('"', agent.login,
                                      "\" cannot be a login: it takes 1 to 128 characters, without ':', control "
                                      "characters, and blanks at its ends"));
  }
  for (const std::string* text : {&agent.name, &agent.mail}) {
    if (text->empty() || is_plain_name(*text, 256)) continue;
    return invalid("agent.name", cat('"', *text,
                                     "\" cannot be a name or an address: it takes up to 256 characters, without "
                                     "control characters, and blanks at its ends"));
  }
  for (const std::string& group : agent.groups) {
    if (can_be_group(group)) continue;
    return invalid("agent.group", cat('"', group,
                                      "\" cannot be a group: it takes 1 to 256 characters, without ',', control "
                                      "characters, and blanks at its ends"));
  }
  return {};
}

// As it stands in the store.
Result<Agent> checked(Agent agent) {
  TRY(check_names(agent));
  for (std::string& text : agent.principals) {
    Result<kerberos::Principal> principal = kerberos::parse_principal(text);
    if (!principal) return fail(Kind::Invalid, "agent.principal", principal.error().text());
    text = principal->to_text();
    if (!is_plain_text(text))
      return fail(Kind::Invalid, "agent.principal", cat("the principal \"", text, "\" has control characters"));
  }
  make_set(agent.principals);
  make_set(agent.groups);
  return agent;
}

Result<> check_free(Store& store, const Agent& agent) {
  std::optional<std::string> taken;
  TRY(store.read("SELECT login FROM agent WHERE login_folded = ? AND number <> ?",
                 {folded_login(agent.login), agent.number}, [&](const Row& row) { taken = row.text(0); }));
  if (!taken) return {};
  return fail(Kind::Invalid, "agent.taken",
              cat("there is already an agent \"", *taken, "\"; logins differ in more than the case of their letters"));
}

Result<> write_lists(Store& store, const Agent& agent) {
  for (const std::string& principal : agent.principals) {
    (void)TRY(store.change("INSERT INTO agent_principal (principal, agent) VALUES (?, ?)", {principal, agent.number}));
  }
  for (const std::string& group : agent.groups)
    (void)TRY(store.change("INSERT INTO agent_group (agent, name) VALUES (?, ?)", {agent.number, group}));
  return {};
}

Result<std::int64_t> next_number(Store& store) {
  (void)TRY(store.change("UPDATE counter SET last = last + 1 WHERE name = 'agent'"));
  std::int64_t number = 0;
  TRY(store.read("SELECT last FROM counter WHERE name = 'agent'", {}, [&](const Row& row) { number = row.number(0); }));
  return number;
}

// Gives it its number.
Result<> insert(Store& store, Agent& agent) {
  TRY(check_free(store, agent));
  agent.number = TRY(next_number(store));
  (void)TRY(
      store.change("INSERT INTO agent (number, login, login_folded, name, mail, disabled, password, made) "
                   "VALUES (?, ?, ?, ?, ?, ?, NULL, ?)",
                   {agent.number, agent.login, folded_login(agent.login), agent.name, agent.mail,
                    std::int64_t(agent.disabled), store::now_in_store()}));
  return write_lists(store, agent);
}

// Those that began until now.
Result<> end_sessions(Store& store, std::int64_t agent) {
  (void)TRY(
      store.change("INSERT INTO agent_end (agent, at) VALUES (?, ?) ON CONFLICT (agent) DO UPDATE SET at = excluded.at",
                   {agent, store::now_in_store()}));
  (void)TRY(store.change("DELETE FROM session WHERE agent = ?", {agent}));
  return {};
}

// Whether a session of `before` knows or may something that `after` does not.
bool takes_away(const Agent& before, const Agent& after) {
  return before.login != after.login || (after.disabled && !before.disabled) ||
         !std::ranges::includes(after.principals, before.principals) ||
         !std::ranges::includes(after.groups, before.groups);
}

Result<std::int64_t> number_of(Store& store, std::string_view login) {
  std::optional<std::int64_t> number;
  TRY(store.read("SELECT number FROM agent WHERE login_folded = ?", {folded_login(login)},
                 [&](const Row& row) { number = row.number(0); }));
  if (!number) return unknown(login);
  return *number;
}

std::string digest_of(std::string_view token) {
  crypto::Sha256 digest = crypto::sha256(token);
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// Those that follow a login, without their lists.
Result<std::vector<Agent>> page_after(Store& store, const std::string& folded) {
  std::vector<Agent> page;
  TRY(store.read(cat(kSelect, "WHERE agent.login_folded > ? ORDER BY agent.login_folded LIMIT ", kPage), {folded},
                 [&](const Row& row) { page.push_back(agent_of(row)); }));
  return page;
}

// Fills one list of all agents on a page: two statements instead of two for each.
Result<> fill_page(Store& store, const std::string& folded, std::vector<Agent>& page) {
  if (page.empty()) return {};
  std::unordered_map<std::int64_t, Agent*> by_number;
  for (Agent& agent : page) by_number.emplace(agent.number, &agent);
  auto fill_list = [&](std::string_view statement, std::vector<std::string> Agent::* list) {
    return store.read(statement, {folded, folded_login(page.back().login)}, [&](const Row& row) {
      auto found = by_number.find(row.number(0));
      if (found != by_number.end()) (found->second->*list).emplace_back(row.text(1));
    });
  };
  TRY(
      fill_list("SELECT agent.number, agent_principal.principal FROM agent JOIN agent_principal ON "
                "agent_principal.agent = agent.number WHERE agent.login_folded > ? AND agent.login_folded <= ?",
                &Agent::principals));
  TRY(
      fill_list("SELECT agent.number, agent_group.name FROM agent JOIN agent_group ON "
                "agent_group.agent = agent.number WHERE agent.login_folded > ? AND agent.login_folded <= ?",
                &Agent::groups));
  for (Agent& agent : page) {
    std::ranges::sort(agent.principals);
    std::ranges::sort(agent.groups);
  }
  return {};
}

Result<bool> has_rows(store::Store& store, std::string_view select) {
  bool some = false;
  TRY(store.read(select, {}, [&](const store::Row&) { some = true; }));
  return some;
}

}  // namespace

Result<Agent> Agents::add(const Agent& agent) {
  Agent made = TRY(checked(agent));
  made.number = 0;
  made.has_password = false;
  TRY(store_.transact([&] { return insert(store_, made); }));
  return made;
}

Result<> Agents::change(const Agent& agent) {
  Agent after = TRY(checked(agent));
  return store_.transact([&]() -> Result<> {
    std::optional<Agent> before = TRY(find_number(after.number));
    if (!before) return unknown(after.login);
    TRY(check_free(store_, after));
    (void)TRY(store_.change(
        "UPDATE agent SET login = ?, login_folded = ?, name = ?, mail = ?, disabled = ? WHERE number = ?",
        {after.login, folded_login(after.login), after.name, after.mail, std::int64_t(after.disabled), after.number}));
    (void)TRY(store_.change("DELETE FROM agent_principal WHERE agent = ?", {after.number}));
    (void)TRY(store_.change("DELETE FROM agent_group WHERE agent = ?", {after.number}));
    TRY(write_lists(store_, after));
    return takes_away(*before, after) ? end_sessions(store_, after.number) : Result<>();
  });
}

Result<> Agents::set_password(const std::string& login, const Secret* password) {
  (void)TRY(number_of(store_, login));
  store::Value hash;
  if (password != nullptr) {
    std::size_t size = password->reveal().size();
    if (size == 0 || size > kMostPasswordBytes)
      return fail(Kind::Invalid, "agent.password", cat("a password has 1 to ", kMostPasswordBytes, " bytes"));
    hash = TRY(crypto::hash_password(*password));
  }
  return store_.transact([&]() -> Result<> {
    std::int64_t number = TRY(number_of(store_, login));
    (void)TRY(store_.change("UPDATE agent SET password = ? WHERE number = ?", {hash, number}));
    return end_sessions(store_, number);
  });
}

Result<> Agents::set_disabled(const std::string& login, bool disabled) {
  return store_.transact([&]() -> Result<> {
    std::int64_t number = TRY(number_of(store_, login));
    (void)TRY(store_.change("UPDATE agent SET disabled = ? WHERE number = ?", {std::int64_t(disabled), number}));
    return disabled ? end_sessions(store_, number) : Result<>();
  });
}

Result<> Agents::remove(const std::string& login) {
  return store_.transact([&]() -> Result<> {
    std::int64_t number = TRY(number_of(store_, login));
    (void)TRY(store_.change("DELETE FROM agent WHERE number = ?", {number}));
    return end_sessions(store_, number);
  });
}

Result<std::optional<Agent>> Agents::find_login(std::string_view login) {
  return select_one(store_, "WHERE agent.login_folded = ?", {folded_login(login)});
}

// Every ticket comes here: one statement takes one lock. Its rows say what they are in their last column, and come in
// any order.
Result<std::vector<Agent>> Agents::find_principal(std::string_view principal) {
  constexpr std::string_view kWhole =
      "SELECT agent.number, agent.login, agent.name, agent.mail, agent.disabled, "
      "CASE WHEN agent.password IS NULL THEN 0 ELSE 1 END, 0 FROM agent_principal AS asked "
      "JOIN agent ON agent.number = asked.agent WHERE asked.principal = ? "
      "UNION ALL SELECT asked.agent, agent_principal.principal, '', '', 0, 0, 1 FROM agent_principal AS asked "
      "JOIN agent_principal ON agent_principal.agent = asked.agent WHERE asked.principal = ? "
      "UNION ALL SELECT asked.agent, agent_group.name, '', '', 0, 0, 2 FROM agent_principal AS asked "
      "JOIN agent_group ON agent_group.agent = asked.agent WHERE asked.principal = ?";
  std::vector<Agent> agents;
  auto take = [&agents](const Row& row) {
    auto found = std::ranges::find(agents, row.number(0), &Agent::number);
    Agent& agent = found == agents.end() ? agents.emplace_back() : *found;
    agent.number = row.number(0);
    std::int64_t part = row.number(6);
    if (part == 0) read_agent(row, agent);
    if (part == 1) agent.principals.emplace_back(row.text(1));
    if (part == 2) agent.groups.emplace_back(row.text(1));
  };
  std::string name(principal);
  TRY(store_.read(kWhole, {name, name, name}, take));
  // What is left of somebody whom another program has deleted is nobody.
  std::erase_if(agents, [](const Agent& agent) { return agent.login.empty(); });
  std::ranges::for_each(agents, put_in_order);
  std::ranges::sort(agents, {}, [](const Agent& agent) { return folded_login(agent.login); });
  return agents;
}

Result<std::optional<Agent>> Agents::find_number(std::int64_t number) {
  return select_one(store_, "WHERE agent.number = ?", {number});
}

Result<std::optional<std::string>> Agents::password_hash(std::string_view login) {
  std::optional<std::string> hash;
  TRY(store_.read("SELECT password FROM agent WHERE login_folded = ?", {folded_login(login)}, [&](const Row& row) {
    if (!row.is_null(0)) hash = row.text(0);
  }));
  return hash;
}

Result<std::optional<Agent>> Agents::find_token(std::string_view token) {
  if (token.size() != kTokenLetters) return std::nullopt;
  return select_one(store_,
                    "JOIN agent_token ON agent_token.agent = agent.number WHERE agent_token.digest = ? "
                    "AND (agent_token.expires IS NULL OR agent_token.expires > ?)",
                    {digest_of(token), store::now_in_store()});
}

Result<Secret> Agents::add_token(const std::string& login, const std::string& label,
                                 std::optional<std::chrono::system_clock::time_point> expires) {
  using namespace std::chrono;
  if (!label.empty() && !is_plain_name(label, 128))
    return fail(Kind::Invalid, "agent.name", "a label has up to 128 characters, without control characters");
  Secret token(to_base64url(crypto::random_bytes(kTokenBytes)));
  store::Value until;
  if (expires) until = std::int64_t(duration_cast<milliseconds>(expires->time_since_epoch()).count());
  auto insert_token = [&]() -> Result<> {
    std::int64_t number = TRY(number_of(store_, login));
    (void)TRY(store_.change("INSERT INTO agent_token (digest, agent, label, made, expires) VALUES (?, ?, ?, ?, ?)",
                            {digest_of(token.reveal()), number, label, store::now_in_store(), until}));
    return {};
  };
  TRY(store_.transact(insert_token));
  return token;
}

Result<bool> Agents::has_enabled() {
  return has_rows(store_, "SELECT 1 FROM agent WHERE disabled = 0 LIMIT 1");
}

Result<bool> Agents::has_enabled_with_principal() {
  return has_rows(store_,
                  "SELECT 1 FROM agent JOIN agent_principal ON agent.number = agent_principal.agent "
                  "WHERE agent.disabled = 0 LIMIT 1");
}

Result<> Agents::each(const std::function<void(const Agent&)>& look) {
  std::string after;
  for (;;) {
    std::vector<Agent> page = TRY(page_after(store_, after));
    TRY(fill_page(store_, after, page));
    for (const Agent& agent : page) look(agent);
    if (page.size() < kPage) return {};
    after = folded_login(page.back().login);
  }
}

}  // namespace pforte::identity
