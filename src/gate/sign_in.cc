#include "gate/sign_in.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "kerberos/keytab.h"
#include "kerberos/krb5_config.h"

namespace pforte::gate {

using identity::Provider;

namespace {

// Who waits longer than this many others has given up by the time it is its turn.
constexpr int kMostWaitingTickets = 4000;
constexpr int kMostWaitingPasswords = 400;

std::vector<std::string> fallback_realms(const Config& config) {
  return config.kerberos ? config.kerberos->login_fallback_realms : std::vector<std::string>();
}

// Counts who waits; the work takes it along, so that what is cancelled counts until it has been done.
class Place {
 public:
  explicit Place(std::shared_ptr<SignIn> owner, std::atomic<int>& count) : owner_(std::move(owner)), count_(&count) {
    number_ = count_->fetch_add(1, std::memory_order_relaxed) + 1;
  }
  Place(Place&& other) noexcept
      : owner_(std::move(other.owner_)), count_(std::exchange(other.count_, nullptr)), number_(other.number_) {}
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (count_) count_->fetch_sub(1, std::memory_order_relaxed);
  }
  int number() const { return number_; }

 private:
  std::shared_ptr<SignIn> owner_;
  std::atomic<int>* count_;
  int number_;
};

std::unique_ptr<kerberos::Acceptor> make_acceptor(const kerberos::KerberosConfig& config,
                                                  kerberos::ReplayGuard& replays, conf::Problems& problems) {
  auto acceptor = kerberos::Acceptor::make(config, replays);
  if (!acceptor) {
    problems.error(config.place, acceptor.error().code(),
                   {cat("cannot accept tickets: ", acceptor.error().text()),
                    cat("kann keine Tickets annehmen: ", acceptor.error().text())},
                   {"see docs/errors.md for this code", "siehe docs/de/errors.md zu diesem Code"});
    return nullptr;
  }
  kerberos::check_keytabs(config, problems);
  kerberos::check_delegated_tickets(config, problems);
  return *std::move(acceptor);
}

// Whether the Kerberos library could read it, without letting it: a reload may be refused yet.
Result<> try_krb5_config(const Config& config) {
  std::string folder = cat(config.state_dir, "/krb5-check");
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return fail(Kind::Unavailable, "state.unusable", cat("cannot use ", folder, ": ", failure.message()));
  return kerberos::use_krb5_config(*config.kerberos, folder);
}

std::unexpected<Error> busy() {
  return fail(Kind::Limit, "sign-in.busy", "too many are signing in at once; try again in a moment");
}

}  // namespace

SignIn::SignIn(const Config& config, Accounts& accounts, SignInPools& pools)
    : config_(config.sign_in),
      kerberos_(config.kerberos),
      state_dir_(config.state_dir),
      accounts_(accounts),
      pools_(pools),
      principals_(accounts.agents(), fallback_realms(config), config_),
      passwords_(accounts.agents(), config_, config.ldap ? &*config.ldap : nullptr, accounts.services(),
                 accounts.lockout()) {
  if (kerberos_ && kerberos_->delegated_tickets)
    tickets_ = std::make_unique<kerberos::DelegatedTickets>(kerberos_->delegated_tickets->value);
}

std::shared_ptr<SignIn> SignIn::make(const Config& config, Accounts& accounts, SignInPools& pools,
                                     conf::Problems& problems) {
  std::shared_ptr<SignIn> made(new SignIn(config, accounts, pools));
  if (config.ldap) identity::check_ldap_files(*config.ldap, problems);
  if (!config.kerberos) return made;
  Result<> usable = try_krb5_config(config);
  if (!usable) {
    problems.error(config.kerberos->place, usable.error().code(),
                   {cat("cannot use this Kerberos configuration: ", usable.error().text()),
                    cat("diese Kerberos-Konfiguration ist nicht verwendbar: ", usable.error().text())},
                   {"correct the krb5.conf it names; see docs/errors.md for this code",
                    "die genannte krb5.conf berichtigen; siehe docs/de/errors.md zu diesem Code"});
    return nullptr;
  }
  made->acceptor_ = make_acceptor(*config.kerberos, accounts.replays(), problems);
  return made->acceptor_ ? made : nullptr;
}

void check_sign_in_files(const Config& config, conf::Problems& problems) {
  if (config.ldap) identity::check_ldap_files(*config.ldap, problems);
  if (!config.kerberos) return;
  kerberos::check_keytabs(*config.kerberos, problems);
  kerberos::check_delegated_tickets(*config.kerberos, problems);
}

Result<> SignIn::take_force() {
  if (!kerberos_) return {};
  TRY(kerberos::use_krb5_config(*kerberos_, state_dir_));
  library_ = kerberos::open_library();
  accounts_.replays().remember_for(2 * kerberos::clock_skew_in_force());
  return {};
}

bool SignIn::runs(Provider provider) const {
  return std::ranges::find(config_.providers, provider) != config_.providers.end() &&
         accounts_.services().runs(provider);
}

bool SignIn::takes_passwords() const {
  return runs(Provider::Ldap) || runs(Provider::Database);
}

net::Task<TicketOutcome> SignIn::by_ticket(net::Loop& loop, std::string token, std::string binding,
                                           std::unique_ptr<kerberos::HalfExchange> half) {
  Place place(shared_from_this(), waiting_tickets_);
  if (place.number() > kMostWaitingTickets) co_return busy();
  auto work = [this, place = std::move(place), token = std::move(token), binding = std::move(binding),
               half = std::move(half)]() mutable { return take_ticket(token, binding, std::move(half)); };
  TicketOutcome taken = co_await pools_.tickets.run<TicketOutcome>(loop, std::move(work));
  co_return taken;
}

Result<TicketOutcome> SignIn::take_ticket(const std::string& token, const std::string& binding,
                                          std::unique_ptr<kerberos::HalfExchange> half) {
  if (!acceptor_ || !runs(Provider::Kerberos)) {
    return fail(Kind::Unavailable, "sign-in.stopped", "sign-in by Kerberos is not running");
  }
  kerberos::Leg leg = TRY(acceptor_->accept(token, binding, half));
  TicketOutcome outcome{.answer = std::move(leg.answer), .agent = {}, .ticket = {}, .half = std::move(half)};
  if (leg.proof) outcome.agent = TRY(principals_.agent_for(*leg.proof));
  outcome.ticket = std::move(leg.proof);
  outcome.forwarded = std::move(leg.forwarded);
  return outcome;
}

net::Task<identity::ProvenAgent> SignIn::by_password(net::Loop& loop, std::string login, Secret password,
                                                     net::Address source) {
  Place place(shared_from_this(), waiting_passwords_);
  if (place.number() > kMostWaitingPasswords) co_return busy();
  auto work = [this, place = std::move(place), login = std::move(login), password = std::move(password), source] {
    return passwords_.sign_in(login, password, source);
  };
  identity::ProvenAgent proven = co_await pools_.passwords.run<identity::ProvenAgent>(loop, std::move(work));
  co_return proven;
}

net::Task<identity::ProvenAgent> SignIn::by_token(net::Loop& loop, std::string token) {
  Place place(shared_from_this(), waiting_tickets_);
  if (place.number() > kMostWaitingTickets) co_return busy();
  auto work = [this, place = std::move(place), token = std::move(token)]() -> Result<identity::ProvenAgent> {
    std::optional<identity::Agent> agent = TRY(accounts_.agents().find_token(token));
    if (!agent || agent->disabled)
      return fail(Kind::Denied, "sign-in.token", "the token is unknown, expired or its agent disabled");
    identity::ProvenAgent proven;
    proven.groups = agent->groups;
    proven.agent = *std::move(agent);
    proven.method = identity::Method::Token;
    return proven;
  };
  identity::ProvenAgent proven = co_await pools_.tickets.run<identity::ProvenAgent>(loop, std::move(work));
  co_return proven;
}

net::Task<> SignIn::run(net::Loop& loop, std::move_only_function<Result<>()> work) {
  struct Done {};
  auto whole = [work = std::move(work)]() mutable -> Result<Done> {
    TRY(work());
    return Done();
  };
  co_await pools_.tickets.run<Done>(loop, std::move(whole));
  co_return {};
}

std::vector<kerberos::KeyStatus> SignIn::keys() const {
  return acceptor_ ? acceptor_->status() : std::vector<kerberos::KeyStatus>();
}

}  // namespace pforte::gate
