#include "identity/password_login.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "crypto/password_hash.h"
#include "identity/ldap_directory.h"
#include "identity/ldap_text.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using Said = ProviderAnswer::Said;

constexpr std::size_t kLongestPassword = 1024;

// As long as somebody waits for a page.
constexpr std::chrono::seconds kLongestQueue = 10s;

// Each password costs 64 MiB and a core while it is compared: not more at once than leave room for those who are in.
class Comparisons {
 public:
  class Turn {
   public:
    explicit Turn(Comparisons& all) : all_(&all) {}
    Turn(Turn&& other) noexcept : all_(std::exchange(other.all_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (all_ == nullptr) return;
      std::lock_guard lock(all_->mutex_);
      ++all_->free_;
      all_->news_.notify_one();
    }

   private:
    Comparisons* all_;
  };

  // Fails with Kind::Unavailable when it is nobody's turn for long.
  Result<Turn> turn() {
    std::unique_lock lock(mutex_);
    if (!news_.wait_for(lock, kLongestQueue, [this] { return free_ > 0; }))
      return fail(Kind::Unavailable, "sign-in.busy", "too many passwords are being compared");
    --free_;
    return Turn(*this);
  }

 private:
  std::mutex mutex_;
  std::condition_variable news_;
  unsigned free_ = std::clamp(std::thread::hardware_concurrency() / 2, 1U, 4U);  // under mutex_
};

std::unexpected<Error> wrong() {
  return fail(Kind::Denied, "sign-in.wrong", "login or password is wrong");
}

std::unexpected<Error> locked(std::chrono::milliseconds wait) {
  return fail(Kind::Limit, "sign-in.locked",
              cat("too many failures; wait ", std::chrono::ceil<std::chrono::seconds>(wait).count(), " s"));
}

Result<ProvenAgent> proven(Agent agent, Method method, const std::vector<std::string>& groups) {
  if (agent.disabled) return fail(Kind::Denied, "sign-in.disabled", cat("the agent \"", agent.login, "\" is disabled"));
  ProvenAgent made;
  made.agent = std::move(agent);
  made.method = method;
  made.groups = made.agent.groups;
  made.groups.insert(made.groups.end(), groups.begin(), groups.end());
  std::ranges::sort(made.groups);
  auto [from, to] = std::ranges::unique(made.groups);
  made.groups.erase(from, to);
  return made;
}

bool has_one_spelling(std::string_view login) {
  return std::ranges::all_of(login, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_silent(const Error& error) {
  return error.kind() != Kind::Denied;
}

}  // namespace

struct PasswordLogin::Body {
  // What came of a provider, as far as the next needs to know.
  struct Round {
    bool asked = false;   // anybody
    bool silent = false;  // somebody did not answer
    bool judged = false;  // the database has a password for this login
  };

  Result<ProvenAgent> by(const std::string& login, const Secret& password, Round& round, ProviderAnswer& told);
  Result<ProvenAgent> by_directory(const std::string& login, const Secret& password, ProviderAnswer& told);
  Result<ProvenAgent> by_database(const std::string& login, const Secret& password, Round& round, ProviderAnswer& told);
  Result<ProvenAgent> agent_of(const LdapAccount& account, const LdapPerson& person);
  Result<Agent> create(const LdapAccount& account, const LdapPerson& person);
  void count_failure(const std::string& login, const net::Address& source);

  Agents& agents;
  const SignInConfig& config;
  std::optional<LdapDirectory> directory;
  bool login_as_typed = false;  // no attribute of the directory says how the agent is called
  Services& services;
  Lockout& lockout;
  Comparisons comparisons;
};

PasswordLogin::PasswordLogin(Agents& agents, const SignInConfig& config, const LdapConfig* ldap, Services& services,
                             Lockout& lockout)
    : body_(new Body{.agents = agents,
                     .config = config,
                     .directory = {},
                     .login_as_typed = ldap != nullptr && ldap->login_attribute.empty(),
                     .services = services,
                     .lockout = lockout,
                     .comparisons = {}}) {
  if (ldap != nullptr) body_->directory.emplace(*ldap);
  // Made now, or the first unknown login would take twice as long.
  if (std::ranges::find(config.providers, Provider::Database) != config.providers.end()) crypto::hash_of_nobody();
}

PasswordLogin::~PasswordLogin() = default;

Result<ProvenAgent> PasswordLogin::sign_in(const std::string& login, const Secret& password, const net::Address& source,
                                           std::vector<ProviderAnswer>& answers) {
  std::size_t size = password.reveal().size();
  if (!is_askable_login(login) || size == 0 || size > kLongestPassword) return wrong();
  Lockout::Attempt attempt(body_->lockout, login);
  if (!attempt.may_go_on()) return locked(1s);
  if (std::chrono::milliseconds wait = body_->lockout.wait_for(login, source); wait > 0ms) return locked(wait);

  Body::Round round;
  for (Provider provider : body_->config.providers) {
    if (provider == Provider::Kerberos || (provider == Provider::Ldap && !body_->directory)) continue;
    ProviderAnswer& told = answers.emplace_back();
    told.provider = provider;
    Result<ProvenAgent> answer = body_->by(login, password, round, told);
    bool decided = answer || answer.error().code() == "sign-in.unknown" || answer.error().code() == "sign-in.disabled";
    if (!decided) continue;
    body_->lockout.succeeded(login);
    return answer;
  }
  // While a directory is silent its agents are refused for no fault of theirs. A guess at a password of our own is a
  // guess all the same, or an outage would be the time for guessing.
  if (round.judged || (round.asked && !round.silent)) body_->count_failure(login, source);
  if (round.asked && !round.silent) return wrong();
  return fail(Kind::Unavailable, "sign-in.no-provider",
              round.asked ? "a provider does not answer, and no other knows the password" : "no provider runs");
}

std::vector<LdapServerState> PasswordLogin::ldap_servers() const {
  return body_->directory ? body_->directory->servers() : std::vector<LdapServerState>();
}

Result<ProvenAgent> PasswordLogin::Body::by(const std::string& login, const Secret& password, Round& round,
                                            ProviderAnswer& told) {
  if (!services.runs(told.provider)) {
    told.said = Said::Stopped;
    return wrong();
  }
  round.asked = true;
  Stopwatch watch(told.took);
  Result<ProvenAgent> answer =
      told.provider == Provider::Ldap ? by_directory(login, password, told) : by_database(login, password, round, told);
  if (answer) {
    told.said = Said::Accepted;
  } else if (is_silent(answer.error())) {
    round.silent = true;
    told.said = Said::Silent;
    told.reason = answer.error().text();
    log::warning(
        "sign-in.provider-silent",
        {{"provider", provider_name(told.provider)}, {"code", answer.error().code()}, {"reason", told.reason}});
  } else if (answer.error().code() != "sign-in.wrong") {
    told.said = Said::Refused;
    told.reason = answer.error().text();
  }
  return answer;
}

Result<ProvenAgent> PasswordLogin::Body::by_directory(const std::string& login, const Secret& password,
                                                      ProviderAnswer& told) {
  // A directory takes more letters for the same than we do (ſ for s, wide ones, blanks), so a disabled agent would be
  // another one in another spelling.
  if (login_as_typed && !has_one_spelling(login)) {
    directory->prove_nobody(password);
    told.said = Said::NoSuchLogin;
    return wrong();
  }
  Result<LdapAccount> account = directory->find(login);
  bool nobody = !account && (account.error().kind() == Kind::NotFound || account.error().kind() == Kind::Denied);
  if (!account && !nobody) return std::unexpected(std::move(account).error());

  // A directory takes many spellings for one login. No login has a control character, so this is none.
  std::string key = account ? cat("\n", account->key) : std::string();
  if (nobody || lockout.wait_for(key) > 0ms) {
    directory->prove_nobody(password);
    told.said = nobody ? Said::NoSuchLogin : Said::Waits;
    return wrong();
  }
  Result<LdapPerson> person = directory->prove(*account, password);
  if (!person && is_silent(person.error())) return std::unexpected(std::move(person).error());
  if (!person) {
    lockout.failed(key);
    return wrong();
  }
  lockout.succeeded(key);
  Stopwatch watch(told.store);
  return agent_of(*account, *person);
}

Result<ProvenAgent> PasswordLogin::Body::agent_of(const LdapAccount& account, const LdapPerson& person) {
  std::optional<Agent> agent = TRY(agents.find_login(person.login));
  if (!agent && config.unknown_agents == UnknownAgents::Created) agent = TRY(create(account, person));
  if (agent) return proven(*std::move(agent), Method::Ldap, person.groups);
  return fail(Kind::Denied, "sign-in.unknown",
              cat("the directory knows ", account.bind_name, ", but there is no agent \"", person.login, '"'));
}

// Without the groups: they come from the directory with each sign-in, and one kept here would outlive its removal
// there.
Result<Agent> PasswordLogin::Body::create(const LdapAccount& account, const LdapPerson& person) {
  Agent agent;
  agent.login = person.login;
  agent.name = person.name;
  agent.mail = person.mail;
  Result<Agent> made = agents.add(agent);
  if (made) {
    log::info("agent.created", {{"agent", made->login}, {"account", account.bind_name}});
    return made;
  }
  if (made.error().kind() != Kind::Invalid) return made;
  // Another thread or node may have been quicker.
  if (std::optional<Agent> there = TRY(agents.find_login(person.login))) return *std::move(there);
  return fail(Kind::Denied, "sign-in.unknown",
              cat("the directory knows ", account.bind_name, ", but no agent can be created: ", made.error().text()));
}

Result<ProvenAgent> PasswordLogin::Body::by_database(const std::string& login, const Secret& password, Round& round,
                                                     ProviderAnswer& told) {
  std::optional<std::string> hash;
  {
    Stopwatch watch(told.store);
    hash = TRY(agents.password_hash(login));
  }
  {
    Comparisons::Turn turn = TRY(comparisons.turn());
    bool same = crypto::is_password(password, hash ? *hash : crypto::hash_of_nobody());
    round.judged = hash.has_value();
    told.said = hash ? Said::WrongPassword : Said::NoSuchLogin;
    if (!hash || !same) return wrong();
  }
  Stopwatch watch(told.store);
  std::optional<Agent> agent = TRY(agents.find_login(login));
  return agent ? proven(*std::move(agent), Method::Database, {}) : wrong();
}

void PasswordLogin::Body::count_failure(const std::string& login, const net::Address& source) {
  lockout.failed(login, source);
  bool account_waits = lockout.wait_for(login) > 0ms;
  std::chrono::milliseconds wait = lockout.wait_for(login, source);
  if (wait == 0ms) return;
  // What was typed is said only where it has failed often: the first time it may be a password in the wrong field.
  log::warning("sign-in.slowed", {{"login", account_waits ? login : "-"},
                                  {"source", source.ip_text()},
                                  {"wait_s", std::chrono::ceil<std::chrono::seconds>(wait).count()}});
}

}  // namespace pforte::identity
