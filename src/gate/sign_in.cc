#include "gate/sign_in.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "base/german.h"
#include "base/stopwatch.h"
#include "base/text.h"
#include "gate/trusted_certificates.h"
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
class PoolPlace {
 public:
  explicit PoolPlace(std::shared_ptr<SignIn> owner, std::atomic<int>& count)
      : owner_(std::move(owner)), count_(&count) {
    number_ = count_->fetch_add(1, std::memory_order_relaxed) + 1;
  }
  PoolPlace(PoolPlace&& other) noexcept
      : owner_(std::move(other.owner_)), count_(std::exchange(other.count_, nullptr)), number_(other.number_) {}
  PoolPlace& operator=(PoolPlace&&) = delete;
  ~PoolPlace() {
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
                    cat("kann keine Tickets annehmen: ", german_or_same(acceptor.error().text()))},
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

template <class T>
Inquired<T> busy() {
  return {.came = fail(Kind::Limit, "sign-in.busy", "too many are signing in at once; try again in a moment"),
          .inquiry = {}};
}

// Work for a pool that tells what it has found out, whatever comes of it, and how long it had to wait.
template <class T>
std::move_only_function<Result<Inquired<T>>()> inquiring(std::move_only_function<Result<T>(Inquiry&)> work) {
  return [work = std::move(work), asked = std::chrono::steady_clock::now()]() mutable -> Result<Inquired<T>> {
    Inquiry inquiry;
    inquiry.waited = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - asked);
    Result<T> came = work(inquiry);
    return Inquired<T>{.came = std::move(came), .inquiry = std::move(inquiry)};
  };
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
  Config wanted = config;
  if (wanted.ldap) name_pem_trust(*wanted.ldap, config.state_dir, problems);
  std::shared_ptr<SignIn> made(new SignIn(wanted, accounts, pools));
  if (wanted.ldap) identity::check_ldap_files(*wanted.ldap, problems);
  if (!config.kerberos) return made;
  Result<> usable = try_krb5_config(config);
  if (!usable) {
    problems.error(config.kerberos->place, usable.error().code(),
                   {cat("cannot use this Kerberos configuration: ", usable.error().text()),
                    cat("diese Kerberos-Konfiguration ist nicht verwendbar: ", german_or_same(usable.error().text()))},
                   {"correct the krb5.conf it names; see docs/errors.md for this code",
                    "die genannte krb5.conf berichtigen; siehe docs/de/errors.md zu diesem Code"});
    return nullptr;
  }
  made->acceptor_ = make_acceptor(*config.kerberos, accounts.replays(), problems);
  return made->acceptor_ ? made : nullptr;
}

void check_sign_in_files(const Config& config, conf::Problems& problems) {
  std::optional<identity::LdapConfig> ldap = config.ldap;
  if (ldap) name_pem_trust(*ldap, std::nullopt, problems);
  if (ldap) identity::check_ldap_files(*ldap, problems);
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

net::Task<Inquired<TicketOutcome>> SignIn::by_ticket(net::Loop& loop, std::string token, std::string binding,
                                                     std::unique_ptr<kerberos::HalfExchange> half,
                                                     net::Address source) {
  PoolPlace place(shared_from_this(), waiting_tickets_);
  if (place.number() > kMostWaitingTickets) co_return busy<TicketOutcome>();
  auto work = [this, place = std::move(place), token = std::move(token), binding = std::move(binding),
               half = std::move(half), source](Inquiry& inquiry) mutable {
    return take_ticket(token, binding, std::move(half), source, inquiry);
  };
  auto whole = inquiring<TicketOutcome>(std::move(work));
  Inquired<TicketOutcome> taken = co_await pools_.tickets.run<Inquired<TicketOutcome>>(loop, std::move(whole));
  co_return taken;
}

Result<TicketOutcome> SignIn::take_ticket(const std::string& token, const std::string& binding,
                                          std::unique_ptr<kerberos::HalfExchange> half, const net::Address& source,
                                          Inquiry& inquiry) {
  if (!acceptor_ || !runs(Provider::Kerberos)) {
    return fail(Kind::Unavailable, "sign-in.stopped", "sign-in by Kerberos is not running");
  }
  Result<kerberos::Leg> leg = accept(token, binding, half, inquiry);
  if (!leg && leg.error().code() == "kerberos.key-version") accounts_.key_drifts().missed(*inquiry.ticket, source);
  if (!leg) return std::unexpected(std::move(leg).error());
  accounts_.key_drifts().opened(*inquiry.ticket);
  TicketOutcome outcome{.answer = std::move(leg->answer), .agent = {}, .half = std::move(half)};
  Stopwatch watch(inquiry.finding);
  if (leg->proof) outcome.agent = TRY(principals_.agent_for(*leg->proof));
  outcome.forwarded = std::move(leg->forwarded);
  return outcome;
}

Result<kerberos::Leg> SignIn::accept(const std::string& token, const std::string& binding,
                                     std::unique_ptr<kerberos::HalfExchange>& half, Inquiry& inquiry) {
  Stopwatch watch(inquiry.accepting);
  return acceptor_->accept(token, binding, half, inquiry.ticket.emplace());
}

net::Task<Inquired<identity::ProvenAgent>> SignIn::by_password(net::Loop& loop, std::string login, Secret password,
                                                               net::Address source) {
  PoolPlace place(shared_from_this(), waiting_passwords_);
  if (place.number() > kMostWaitingPasswords) co_return busy<identity::ProvenAgent>();
  auto work = [this, place = std::move(place), login = std::move(login), password = std::move(password),
               source](Inquiry& inquiry) { return passwords_.sign_in(login, password, source, inquiry.providers); };
  auto whole = inquiring<identity::ProvenAgent>(std::move(work));
  Inquired<identity::ProvenAgent> proven =
      co_await pools_.passwords.run<Inquired<identity::ProvenAgent>>(loop, std::move(whole));
  co_return proven;
}

net::Task<Inquired<identity::ProvenAgent>> SignIn::by_token(net::Loop& loop, std::string token) {
  PoolPlace place(shared_from_this(), waiting_tickets_);
  if (place.number() > kMostWaitingTickets) co_return busy<identity::ProvenAgent>();
  auto work = [this, place = std::move(place), token = std::move(token)](Inquiry& inquiry) {
    return take_token(token, inquiry);
  };
  auto whole = inquiring<identity::ProvenAgent>(std::move(work));
  Inquired<identity::ProvenAgent> proven =
      co_await pools_.tickets.run<Inquired<identity::ProvenAgent>>(loop, std::move(whole));
  co_return proven;
}

Result<identity::ProvenAgent> SignIn::take_token(const std::string& token, Inquiry& inquiry) {
  Stopwatch watch(inquiry.finding);
  std::optional<identity::Agent> agent = TRY(accounts_.agents().find_token(token));
  if (!agent || agent->disabled)
    return fail(Kind::Denied, "sign-in.token", "the token is unknown, expired or its agent disabled");
  identity::ProvenAgent proven;
  proven.groups = agent->groups;
  proven.agent = *std::move(agent);
  proven.method = identity::Method::Token;
  return proven;
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

std::uint64_t SignIn::alarming_drifts() const {
  std::uint64_t count = 0;
  for (const kerberos::KeyStatus& key : keys()) {
    std::vector<KeyDrift> drifts = drifts_of(key);
    count += std::uint64_t(
        std::ranges::count_if(drifts, [](const KeyDrift& one) { return one.newer && !one.contradicted; }));
  }
  return count;
}

std::vector<kerberos::KeyStatus> SignIn::keys() const {
  return acceptor_ ? acceptor_->status() : std::vector<kerberos::KeyStatus>();
}

}  // namespace pforte::gate
