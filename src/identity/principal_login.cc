#include "identity/principal_login.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "identity/plain_text.h"

namespace pforte::identity {

// What the steps have found. Without an agent: the login that one would be created by, empty for none.
struct PrincipalLogin::Choice {
  Mapping mapping;
  std::optional<Agent> agent;
};

namespace {

// As the names that directories give.
constexpr std::size_t kLongestName = 256;

std::unexpected<Error> refused(std::string_view code, std::string text) {
  return fail(Kind::Denied, code, std::move(text));
}

std::unexpected<Error> conflict(std::string_view principal, const std::vector<Agent>& agents) {
  std::string logins;
  for (const Agent& agent : agents) logins += cat(logins.empty() ? "\"" : ", \"", agent.login, '"');
  return refused("sign-in.conflict", cat("the principal ", principal,
                                         " is claimed by more than one agent, so none signs in by it: ", logins));
}

std::unexpected<Error> unknown(std::string_view principal, const Mapping& mapping) {
  std::string text = cat("no agent has the principal ", principal);
  if (mapping.by == Mapping::By::Rule)
    text += cat(", and none has the login \"", mapping.login, "\" that the rule at ", to_text(mapping.rule->place),
                " gives");
  if (mapping.by == Mapping::By::LoginFallback)
    text += cat(", and none without a principal has the login \"", mapping.login, '"');
  if (mapping.login.empty()) text += ", no rule matches it, and its name alone is not enough in its realm";
  return refused("sign-in.unknown", std::move(text));
}

// Whether nothing of the name has to be escaped, so that its parts cannot be mistaken for each other.
bool is_plain(const kerberos::Principal& principal, std::string_view text) {
  return principal.is_simple() && is_plain_text(text) && text == cat(principal.primary(), '@', principal.realm);
}

std::vector<std::string> joined(std::vector<std::string> groups, const std::vector<std::string>& others) {
  std::ranges::copy_if(others, std::back_inserter(groups), can_be_group);
  std::ranges::sort(groups);
  auto [from, to] = std::ranges::unique(groups);
  groups.erase(from, to);
  return groups;
}

}  // namespace

PrincipalLogin::PrincipalLogin(Agents& agents, std::vector<std::string> login_fallback_realms,
                               const SignInConfig& config)
    : agents_(agents),
      login_fallback_realms_(std::move(login_fallback_realms)),
      rules_(config.map),
      unknown_agents_(config.unknown_agents) {}

bool PrincipalLogin::may_fall_back(const kerberos::Principal& principal) const {
  return is_plain(principal, principal.to_text()) &&
         std::ranges::find(login_fallback_realms_, principal.realm) != login_fallback_realms_.end();
}

// Two principals that differ in case are two people to a KDC, so case counts here.
Result<std::optional<Agent>> PrincipalLogin::find_exact_login(const std::string& login) {
  std::optional<Agent> agent = TRY(agents_.find_login(login));
  return agent && agent->login == login ? std::move(agent) : std::nullopt;
}

Result<PrincipalLogin::Choice> PrincipalLogin::choose(const kerberos::Principal& principal) {
  std::string text = principal.to_text();
  std::vector<Agent> claimants = TRY(agents_.find_principal(text));
  if (claimants.size() > 1) return conflict(text, claimants);
  if (claimants.size() == 1)
    return Choice{{Mapping::By::Principal, claimants.front().login, nullptr}, std::move(claimants.front())};
  if (principal.is_machine())
    return refused("sign-in.machine", cat(text, " is a computer's account, and no agent has this principal"));

  Choice fallback;
  if (may_fall_back(principal)) {
    fallback.mapping = {Mapping::By::LoginFallback, principal.primary(), nullptr};
    fallback.agent = TRY(find_exact_login(principal.primary()));
    // Whoever has principals is known by them alone: susan@B is not the susan who has susan@A.
    if (fallback.agent && fallback.agent->principals.empty()) return fallback;
    fallback.agent.reset();
  }
  for (const NameRule& rule : rules_) {
    std::optional<std::string> login = rule.login_for(text);
    if (!login) continue;
    std::optional<Agent> agent = TRY(find_exact_login(*login));
    return Choice{{Mapping::By::Rule, *std::move(login), &rule}, std::move(agent)};
  }
  return fallback;
}

Result<Agent> PrincipalLogin::create(const std::string& login, const std::string& principal, const std::string& name) {
  Agent agent;
  agent.login = login;
  if (is_plain_name(name, kLongestName)) agent.name = name;
  agent.principals = {principal};
  Result<Agent> made = agents_.add(agent);
  if (made) {
    log::info("agent.created", {{"agent", made->login}, {"principal", principal}});
    return made;
  }
  if (made.error().kind() != Kind::Invalid) return made;
  // Another thread or node may have been quicker with the same.
  std::vector<Agent> claimants = TRY(agents_.find_principal(principal));
  if (claimants.size() == 1) return std::move(claimants.front());
  return refused("sign-in.unknown",
                 cat("no agent has the principal ", principal, ", and none can be created: ", made.error().text()));
}

Result<ProvenAgent> PrincipalLogin::agent_for(const kerberos::Proof& proof) {
  ProvenAgent proven;
  proven.principal = proof.client.to_text();
  Choice choice = TRY(choose(proof.client));
  proven.created = !choice.agent && !choice.mapping.login.empty() && unknown_agents_ == UnknownAgents::Created &&
                   is_plain(proof.client, proven.principal);
  if (proven.created) choice.agent = TRY(create(choice.mapping.login, proven.principal, proof.name));
  if (!choice.agent) return unknown(proven.principal, choice.mapping);
  proven.agent = *std::move(choice.agent);
  if (proven.agent.disabled)
    return refused("sign-in.disabled", cat("the agent \"", proven.agent.login, "\" is disabled"));
  proven.found_by = std::move(choice.mapping);
  proven.method = Method::Kerberos;
  proven.groups = joined(proven.agent.groups, proof.groups);
  proven.not_after = proof.expires;
  return proven;
}

Result<Mapping> PrincipalLogin::map(const kerberos::Principal& principal) {
  Choice choice = TRY(choose(principal));
  std::string text = principal.to_text();
  if (choice.agent && choice.agent->disabled)
    return refused("sign-in.disabled", cat("the agent \"", choice.agent->login, "\" is disabled"));
  if (choice.agent) return std::move(choice.mapping);
  bool would_create = unknown_agents_ == UnknownAgents::Created && is_plain(principal, text);
  bool possible = would_create && can_be_login(choice.mapping.login) && !TRY(agents_.find_login(choice.mapping.login));
  if (!possible) return unknown(text, choice.mapping);
  return std::move(choice.mapping);
}

Result<Mapping> PrincipalLogin::farthest(const kerberos::Principal& principal) {
  Choice choice = TRY(choose(principal));
  return std::move(choice.mapping);
}

}  // namespace pforte::identity
