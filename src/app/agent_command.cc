#include "app/agent_command.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/agent_file.h"
#include "app/password_input.h"
#include "app/store_json.h"
#include "app/text_table.h"
#include "base/printable.h"
#include "base/text.h"
#include "conf/quantity.h"
#include "identity/agents.h"

namespace pforte::app {
namespace {

constexpr auto kLongestToken = std::chrono::days(3650);

Answer<identity::Agent> agent_named(const StoreCall& call, const std::string& login) {
  std::optional<identity::Agent> agent = TRY(identity::Agents(call.store).find_login(login));
  if (agent) return *std::move(agent);
  std::string shown = printable(login);
  return std::unexpected(
      Complaint(kInvalidInput, {cat("there is no agent ", shown), cat("es gibt keinen Bearbeiter ", shown)},
                {"`pforte agent list` tells which there are", "`pforte agent list` sagt, welche es gibt"}));
}

// Two agents may have the same principal, but then neither signs in by it.
Answer<void> warn_of_conflicts(const StoreCall& call, const identity::Agent& agent) {
  for (const std::string& principal : agent.principals) {
    std::string logins;
    auto claiming = TRY(identity::Agents(call.store).find_principal(principal));
    for (const identity::Agent& one : claiming) logins += cat(logins.empty() ? "" : ", ", printable(one.login));
    if (claiming.size() < 2) continue;
    call.warn(
        {cat("several agents have the principal ", printable(principal), ", so none of them signs in by it: ", logins),
         cat("mehrere Bearbeiter haben den Principal ", printable(principal),
             ", daher meldet er keinen davon an: ", logins)},
        {"`pforte agent set LOGIN --remove-principal` takes it away from one",
         "`pforte agent set LOGIN --remove-principal` nimmt ihn einem weg"});
  }
  return {};
}

// Says what was done with an agent, and what they are now.
Answer<int> done(const StoreCall& call, const std::string& login, std::string_view en, std::string_view de) {
  identity::Agent now = TRY(agent_named(call, login));
  std::string shown = printable(now.login);
  call.tell({cat("agent ", shown, ' ', en), cat("Bearbeiter ", shown, ' ', de)}, cat(json_of(now), '\n'));
  return kDone;
}

// Values of an option that repeats, each a list.
std::vector<std::string> listed(const CommandLine& line, std::string_view option) {
  std::vector<std::string> all;
  for (const std::string& value : line.values_of(option)) std::ranges::move(split(value, ","), std::back_inserter(all));
  return all;
}

// A principal may have a comma in it, so an option has one; an empty one is none.
std::vector<std::string> principals_in(const CommandLine& line, std::string_view option) {
  std::vector<std::string> all = line.values_of(option);
  std::erase(all, "");
  return all;
}

struct Changes {
  std::string_view what_en, what_de;
  bool replaces = false;
  std::vector<std::string> instead, more, less;
};

Answer<void> apply(const Changes& changes, std::vector<std::string>& values) {
  if (changes.replaces) values = changes.instead;
  for (const std::string& one : changes.more) {
    if (std::ranges::find(values, one) == values.end()) values.push_back(one);
  }
  for (const std::string& one : changes.less) {
    // Whoever takes a right away must not believe that it is gone because they mistyped it.
    if (std::erase(values, one) > 0) continue;
    std::string shown = printable(one), has = printable(joined(values, ", "));
    return std::unexpected(Complaint(kInvalidInput,
                                     {cat("the agent does not have the ", changes.what_en, ' ', shown),
                                      cat(changes.what_de, ' ', shown, " hat der Bearbeiter nicht")},
                                     values.empty() ? Message{"they have none", "er hat gar keine"}
                                                    : Message{cat("they have: ", has), cat("er hat: ", has)}));
  }
  return {};
}

Answer<void> change(const CommandLine& line, identity::Agent& agent) {
  if (auto login = line.value_of("--login")) agent.login = *login;
  if (auto name = line.value_of("--name")) agent.name = *name;
  if (auto mail = line.value_of("--mail")) agent.mail = *mail;
  TRY(apply({.what_en = "principal",
             .what_de = "den Principal",
             .replaces = line.has("--principal"),
             .instead = principals_in(line, "--principal"),
             .more = principals_in(line, "--add-principal"),
             .less = principals_in(line, "--remove-principal")},
            agent.principals));
  TRY(apply({.what_en = "group",
             .what_de = "die Gruppe",
             .replaces = line.has("--groups"),
             .instead = listed(line, "--groups"),
             .more = listed(line, "--add-groups"),
             .less = listed(line, "--remove-groups")},
            agent.groups));
  return {};
}

std::string yes_or_no(const StoreCall& call, bool yes) {
  if (call.german()) return yes ? "ja" : "nein";
  return yes ? "yes" : "no";
}

std::string state_of(const StoreCall& call, const identity::Agent& agent) {
  if (call.german()) return agent.disabled ? "gesperrt" : "aktiv";
  return agent.disabled ? "disabled" : "active";
}

Answer<int> list_as_json(const StoreCall& call) {
  std::string_view before = "{\"agents\": [\n";
  TRY(identity::Agents(call.store).each([&](const identity::Agent& agent) {
    call.print(cat(before, json_of(agent)));
    before = ",\n";
  }));
  call.print(before == ",\n" ? "\n]}\n" : "{\"agents\": []}\n");
  return kDone;
}

std::vector<std::string> agent_headings(const StoreCall& call) {
  if (call.german()) return {"LOGIN", "STATUS", "PASSWORT", "NAME", "MAIL", "PRINCIPALS", "GRUPPEN"};
  return {"LOGIN", "STATE", "PASSWORD", "NAME", "MAIL", "PRINCIPALS", "GROUPS"};
}

Answer<int> set_disabled(const StoreCall& call, bool disabled) {
  identity::Agent agent = TRY(agent_named(call, call.line.operand));
  TRY(identity::Agents(call.store).set_disabled(agent.login, disabled));
  return disabled ? done(call, agent.login, "may no longer sign in; their sessions are over",
                         "darf sich nicht mehr anmelden; die Sitzungen sind beendet")
                  : done(call, agent.login, "may sign in", "darf sich anmelden");
}

// None: for ever.
Answer<std::optional<std::chrono::system_clock::time_point>> expiry(const CommandLine& line) {
  std::optional<std::string> text = line.value_of("--expires");
  if (!text) return std::nullopt;
  std::optional<conf::Duration> duration = conf::parse_duration(*text);
  if (duration && duration->count() > 0 && *duration <= kLongestToken)
    return std::chrono::system_clock::now() + *duration;
  std::string shown = printable(*text);
  return std::unexpected(
      Complaint(kInvalidInput,
                {cat("--expires ", shown, " is no duration between now and 3650d"),
                 cat("--expires ", shown, " ist keine Dauer zwischen jetzt und 3650d")},
                {"write a number and a unit: 12h, 90d", "eine Zahl und eine Einheit schreiben: 12h, 90d"}));
}

// Both, or neither.
Result<> add_with_password(store::Store& store, const identity::Agent& agent, const Secret* password) {
  identity::Agents agents(store);
  return store.transact([&]() -> Result<> {
    TRY(agents.add(agent));
    return password != nullptr ? agents.set_password(agent.login, password) : Result<>();
  });
}

}  // namespace

Answer<int> add_agent(const StoreCall& call) {
  const CommandLine& line = call.line;
  identity::Agent agent;
  agent.login = line.operand;
  TRY(change(line, agent));
  agent.principals = principals_in(line, "--principal");

  std::optional<Secret> password;
  if (auto file = line.value_of("--password-file"))
    password.emplace(TRY(new_password(call.streams, line.language, file)));
  TRY(add_with_password(call.store, agent, password ? &*password : nullptr));
  TRY(warn_of_conflicts(call, agent));
  return done(call, agent.login, "was added", "wurde angelegt");
}

Answer<int> list_agents(const StoreCall& call) {
  if (call.line.json) return list_as_json(call);
  TextTable table(call.streams.out, agent_headings(call));
  TRY(identity::Agents(call.store).each([&](const identity::Agent& agent) {
    table.row({agent.login, state_of(call, agent), yes_or_no(call, agent.has_password), agent.name, agent.mail,
               joined(agent.principals, ", "), joined(agent.groups, ", ")});
  }));
  return kDone;
}

Answer<int> show_agent(const StoreCall& call) {
  identity::Agent agent = TRY(agent_named(call, call.line.operand));
  if (call.line.json) {
    call.print(cat(json_of(agent), '\n'));
    return kDone;
  }
  bool german = call.german();
  const std::pair<const char*, std::string> rows[] = {
      {"Login:", agent.login},
      {"Name:", agent.name},
      {"Mail:", agent.mail},
      {"Principals:", joined(agent.principals, ", ")},
      {german ? "Gruppen:" : "Groups:", joined(agent.groups, ", ")},
      {german ? "Passwort:" : "Password:", yes_or_no(call, agent.has_password)},
      {german ? "Status:" : "State:", state_of(call, agent)},
  };
  constexpr std::size_t kWidth = 12;
  for (const auto& [key, value] : rows) {
    std::string_view name = key;
    call.print(cat(name, std::string(kWidth - name.size(), ' '), value.empty() ? "-" : printable(value), '\n'));
  }
  return kDone;
}

Answer<int> set_agent(const StoreCall& call) {
  if (call.line.options.empty()) {
    return std::unexpected(
        Complaint(kInvalidInput, {"there is nothing to change", "es ist nichts zu ändern"},
                  {"name what: --name, --mail, --principal, --groups, ...; pforte agent set --help",
                   "nennen, was: --name, --mail, --principal, --groups, ...; pforte agent set --help"}));
  }
  identity::Agent agent = TRY(agent_named(call, call.line.operand));
  TRY(change(call.line, agent));
  TRY(identity::Agents(call.store).change(agent));
  TRY(warn_of_conflicts(call, agent));
  return done(call, agent.login, "was changed", "wurde geändert");
}

Answer<int> set_agent_password(const StoreCall& call) {
  bool none = call.line.has("--none");
  if (none && call.line.has("--password-file")) {
    return std::unexpected(Complaint(
        kInvalidInput,
        {"--none and --password-file exclude each other", "--none und --password-file schließen einander aus"},
        {"leave one out", "eines davon weglassen"}));
  }
  identity::Agent agent = TRY(agent_named(call, call.line.operand));
  identity::Agents agents(call.store);
  if (none) {
    TRY(agents.set_password(agent.login, nullptr));
    return done(call, agent.login, "has no password any more; their sessions are over",
                "hat kein Passwort mehr; die Sitzungen sind beendet");
  }
  Secret password = TRY(new_password(call.streams, call.line.language, call.line.value_of("--password-file")));
  TRY(agents.set_password(agent.login, &password));
  return done(call, agent.login, "has a new password; their sessions are over",
              "hat ein neues Passwort; die Sitzungen sind beendet");
}

Answer<int> make_agent_token(const StoreCall& call) {
  auto expires = TRY(expiry(call.line));
  identity::Agent agent = TRY(agent_named(call, call.line.operand));
  std::string label = call.line.value_of("--label").value_or("");
  Secret token = TRY(identity::Agents(call.store).add_token(agent.login, label, expires));
  if (call.line.json) {
    call.print(cat(json_of(NewToken{.login = agent.login, .label = label, .token = token.reveal(), .expires = expires}),
                   '\n'));
    return kDone;
  }
  call.print(cat(token.reveal(), '\n'));
  return kDone;
}

Answer<int> enable_agent(const StoreCall& call) {
  return set_disabled(call, false);
}

Answer<int> disable_agent(const StoreCall& call) {
  return set_disabled(call, true);
}

Answer<int> remove_agent(const StoreCall& call) {
  identity::Agent agent = TRY(agent_named(call, call.line.operand));
  TRY(identity::Agents(call.store).remove(agent.login));
  std::string shown = printable(agent.login);
  call.tell({cat("agent ", shown, " was removed; their sessions are over"),
             cat("Bearbeiter ", shown, " wurde gelöscht; die Sitzungen sind beendet")},
            cat(removed_json(agent.login), '\n'));
  return kDone;
}

}  // namespace pforte::app
