#include "app/running_gate.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <utility>

#include "app/alarm_delivery.h"
#include "app/capacity.h"
#include "app/complaint.h"
#include "app/contact_writing.h"
#include "app/reload_outcome.h"
#include "app/service_manager.h"
#include "app/sign_in_json.h"
#include "app/sign_in_steps.h"
#include "app/state_folder.h"
#include "app/status.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "cache/response_cache.h"
#include "gate/acme_service.h"
#include "gate/authority_ends.h"
#include "gate/cache_turn.h"
#include "gate/public_authority.h"
#include "gate/wanted_certificates.h"

namespace pforte::app {

namespace {

constexpr net::Duration kDrainLook = std::chrono::milliseconds(50);
constexpr net::Duration kCaptureEnds = std::chrono::seconds(2);
constexpr net::Duration kReloadLook = std::chrono::milliseconds(20);
constexpr net::Duration kStoreLook = std::chrono::milliseconds(200);
constexpr net::Duration kAlarmLook = std::chrono::milliseconds(500);
constexpr net::Duration kJudgeCertificates = std::chrono::minutes(1);
constexpr net::Duration kAuthorityLook = std::chrono::hours(24);
constexpr net::Duration kOcspLook = std::chrono::seconds(60);

void close_all(const std::vector<std::vector<gate::Door>>& doors) {
  for (const auto& of_worker : doors) {
    for (const gate::Door& door : of_worker) close(door.descriptor);
  }
}

conf::Place place_of_file(const gate::Plan& plan) {
  return {.file = plan.config.file, .line = 0, .column = 0};
}

bool seals_server_cookies(const gate::BackendConfig& backend) {
  return backend.sticky && backend.sticky->by == gate::StickyConfig::By::Cookie;
}

SessionTerms terms_of(const gate::Plan& plan) {
  const identity::SignInConfig& config = plan.config.sign_in;
  std::chrono::milliseconds key_lifetime = config.session_lifetime;
  for (const gate::BackendConfig& backend : plan.config.backends) {
    if (seals_server_cookies(backend))
      key_lifetime = std::max<std::chrono::milliseconds>(key_lifetime, backend.sticky->kept_for());
  }
  return {.lifetime = config.session_lifetime,
          .idle = config.session_idle,
          .key_lifetime = key_lifetime,
          .tickets = plan.sign_in ? plan.sign_in->tickets() : nullptr};
}

}  // namespace

RunningGate::RunningGate(ReadConfig read_config)
    : read_config_(std::move(read_config)),
      signals_(loop_, {SIGTERM, SIGINT, SIGHUP}, [this](int number) { on_signal(number); }),
      keys_(tls::TicketKeys::make()) {}

RunningGate::~RunningGate() {
  for (Crew& one : crew_) {
    if (!one.thread.joinable()) continue;
    one.worker.loop().stop();
    one.thread.join();
  }
  loop_.cancel_tasks();
  if (!accounts_) return;
  Result<> written = accounts_->sessions().write();
  if (!written) log::error("store.failed", {{"reason", written.error().text()}});
}

Result<> RunningGate::start(conf::Problems& problems) {
  Reading reading = read_plan();
  problems = std::move(reading.problems);
  if (reading.is_refused) return fail(Kind::Unavailable, "state.unusable", "state_dir cannot be used");
  if (!reading.plan) return fail(Kind::Invalid, "conf.invalid", "the configuration has errors");
  plan_ = std::move(reading.plan);
  accounts_ = std::move(reading.accounts);
  certificates_ = std::move(reading.certificates);
  const gate::Config& config = plan_->config;
  const conf::Place& state_dir = config.state_dir_place;
  TRY(told_at(state_dir, problems, make_state_dir(config)));
  sources_ = {.status = [this] { return status(); },
              .metrics = [this] { return metrics(); },
              .reload = [this] { return reload(); },
              .sign_in = [this](std::string reference) { return find_sign_in(std::move(reference)); },
              .renew = [this](std::string name, bool force) { return renew(std::move(name), force); },
              .follow = [this] { return follow_all(); },
              .cache = [this] { return cache_facts(); },
              .purge = [this](std::string_view site, std::string_view path) { return purge_cache(site, path); },
              .capture = [this](http::Exchange& exchange) { return capturing_.serve(exchange); },
              .end_capture = [this](std::uint64_t number) { capturing_.end(number); }};
  // First of all: whoever holds the control socket is the one gate of this state folder.
  control_ = TRY(told_at(state_dir, problems,
                         admin::ControlSocket::open(loop_, cat(config.state_dir, "/control.sock"), control_service_)));
  const conf::Text& log = config.log.access;
  log_ = std::make_unique<gate::AccessLog>(TRY(told_at(log.place, problems, gate::LogFile::open(log.value))));
  unsigned workers = worker_count(config);
  hire(workers, most_clients(config.limits, workers));
  std::vector<std::vector<gate::Door>> doors = TRY(open_doors(*plan_, problems));
  TRY(open_operator_doors(config.admin, problems));
  started_ = std::chrono::system_clock::now();
  if (accounts_) sight_ = TRY(told_at(state_dir, problems, watch_.look(*accounts_, terms_of(*plan_), true)));
  follow(plan_, std::move(doors));
  for (Crew& one : crew_) {
    if (sight_) one.worker.follow_sessions(sight_->keys, sight_->ended);
    one.worker.use_keys(keys_);
    one.thread = std::thread([&one] { one.worker.loop().run(); });
  }
  loop_.spawn(rotate_keys());
  loop_.spawn(watch_ocsp_files());
  loop_.spawn(watch_store());
  loop_.spawn(contact_writing_.run(pool_));
  loop_.spawn(watch_alarms());
  loop_.spawn(watch_authority());
  return {};
}

void RunningGate::run() {
  log::info("gate.started", {{"workers", crew_.size()}, {"configuration", plan_->config.file}});
  tell_service_manager("READY=1");
  loop_.run();
  log::info("gate.stopped");
}

RunningGate::Reading RunningGate::read_plan() {
  Reading reading;
  std::optional<gate::Config> config = read_config_(reading.problems);
  if (!config) return reading;
  // A gate that runs has its folder already.
  Result<> folder = plan_ ? Result<>() : check_state_dir(*config, reading.problems);
  // What can never be one is a mistake of the configuration.
  reading.is_refused = !folder && folder.error().kind() != Kind::Invalid;
  if (!folder) return reading;
  gate::Accounts* accounts = accounts_.get();
  auto need_accounts = [&](const gate::Config& wanted, conf::Problems& problems) {
    if (accounts) return;
    reading.accounts = open_accounts(wanted, problems);
    accounts = reading.accounts.get();
    reading.is_refused = !accounts;
    if (accounts) accounts->on_change([this] { loop_.post([this] { loop_.spawn(follow_store(false)); }); });
  };
  // Its store has the keys that seal cookies, also where nobody signs in.
  if (std::ranges::any_of(config->backends, seals_server_cookies) ||
      std::ranges::any_of(config->sites, asks_to_sign_in))
    need_accounts(*config, reading.problems);
  // The inventory would say the same of its store once more.
  if (reading.is_refused) return reading;
  auto sign_in = [&](const gate::Config& wanted, conf::Problems& problems) -> std::shared_ptr<gate::SignIn> {
    need_accounts(wanted, problems);
    if (!accounts) return nullptr;
    return gate::SignIn::make(wanted, *accounts, sign_in_pools_, problems);
  };
  CertificateWatch* certificates = certificates_.get();
  if (!certificates) {
    reading.certificates = open_certificates(*config, reading.problems);
    certificates = reading.certificates.get();
  }
  gate::PlanParts parts{
      .previous = plan_.get(),
      .numbered = site_names_,
      .inventory = certificates ? &certificates->inventory() : nullptr,
      .sign_in = sign_in,
      .authority = [this](const gate::Config& wanted,
                          conf::Problems& problems) { return gate::PublicAuthority::make(wanted, pool_, problems); },
      .acme_service =
          [this](const gate::Config& wanted, conf::Problems& problems) {
            return gate::AcmeService::make(wanted, {.work = pool_, .lookups = acme_lookups_}, acme_tally_, problems);
          }};
  gate::check_acme_files(*config, reading.problems);
  gate::check_authority_ends(*config, now_in_seconds(), reading.problems);
  reading.plan = gate::make_plan(*std::move(config), parts, reading.problems);
  return reading;
}

void RunningGate::hire(unsigned workers, std::size_t most_clients) {
  for (unsigned i = 0; i < workers; ++i) crew_.emplace_back(*log_, contacts_, most_clients);
}

Result<std::vector<std::vector<gate::Door>>> RunningGate::open_doors(const gate::Plan& plan,
                                                                     conf::Problems& problems) const {
  std::vector<std::vector<gate::Door>> doors(crew_.size());
  const std::vector<gate::ListenerConfig>& listeners = plan.config.listeners;
  bool first = plan_.get() == &plan;
  // Later on the addresses that go and those that come may overlap, and both be ours.
  for (const gate::ListenerConfig& listener : listeners) {
    if (first) TRY(told_at(listener.address_place, problems, net::must_be_free(listener.address)));
  }
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    auto known = [&](const gate::ListenerConfig& old) { return old.address == listeners[i].address; };
    if (!first && std::ranges::any_of(plan_->config.listeners, known)) continue;
    for (auto& of_worker : doors) {
      auto descriptor = told_at(listeners[i].address_place, problems, net::listen_on(listeners[i].address));
      if (!descriptor) {
        close_all(doors);
        return std::unexpected(std::move(descriptor).error());
      }
      of_worker.push_back({.descriptor = *descriptor, .listener = i});
    }
  }
  return doors;
}

Result<> RunningGate::open_operator_doors(const gate::AdminConfig& config, conf::Problems& problems) {
  // The file need not name it.
  auto named = [](auto got) {
    if (!got) got = std::unexpected(std::move(got).error().while_doing("the operator's address ([admin] address)"));
    return got;
  };
  TRY(told_at(config.place, problems, named(net::must_be_free(config.address))));
  int descriptor = TRY(told_at(config.place, problems, named(net::listen_on(config.address))));
  operator_door_ = std::make_unique<net::Listener>(
      loop_, descriptor, [this](net::Accepted accepted) { operators_.take(accepted.descriptor); }, [](int) {});
  return {};
}

void RunningGate::follow(std::shared_ptr<const gate::Plan> plan, std::vector<std::vector<gate::Door>> doors) {
  plan_ = std::move(plan);
  Result<> in_force = plan_->sign_in ? plan_->sign_in->take_force() : Result<>();
  if (!in_force) log::error("kerberos.configuration-kept", {{"reason", in_force.error().text()}});
  contacts_.follow(gate::contact_settings(plan_->config.contacts, plan_->config.state_dir));
  names_ = plan_->names;
  drains_.use(plan_);
  loaded_ = std::chrono::system_clock::now();
  std::size_t number = 0;
  for (Crew& one : crew_) {
    auto own = std::move(doors[number++]);
    one.worker.loop().post([&worker = one.worker, plan = plan_, own = std::move(own)] { worker.follow(plan, own); });
  }
  health_ = std::make_unique<gate::Health>(loop_, pool_, plan_);
  follow_renewals();
}

// When the store cannot be opened, it is tried again at the next reload.
void RunningGate::follow_renewals() {
  if (!renewal_ && plan_->config.acme.empty()) return;
  if (!renewal_) {
    auto each = [this](const std::function<void(gate::Worker&)>& tell) {
      for (Crew& one : crew_) tell(one.worker);
    };
    auto opened = CertificateRenewal::open(loop_, pool_, plan_->config.state_dir, each);
    if (!opened) return log::error("store.failed", {{"reason", opened.error().text()}});
    renewal_ = *std::move(opened);
  }
  renewal_->follow(plan_->config);
}

net::Task<admin::RenewalOutcome> RunningGate::renew(std::string name, bool force) {
  admin::RenewalOutcome came;
  if (!renewal_) co_return came;
  auto renewals = co_await outcome(renewal_->renew(std::move(name), force));
  if (!renewals) co_return came;
  came.known = true;
  came.renewals = *std::move(renewals);
  // Who asked finds the new ones in use.
  (void)co_await outcome(follow_certificates());
  co_return came;
}

net::Task<admin::ReloadOutcome> RunningGate::reload() {
  // The one under way may have read the file before it was changed.
  while (reloading_) co_await loop_.sleep_for(kReloadLook);
  if (draining_) {
    conf::Problems late;
    late.error(place_of_file(*plan_), "reload.too-late", {"the gate is stopping", "das Tor wird gerade beendet"},
               {"start it again: it reads the file then", "neu starten: Dann wird die Datei gelesen"});
    co_return outcome_of(late, false);
  }
  reloading_ = true;
  auto work = [this] { return Result<Reading>(read_plan()); };
  Reading reading = co_await pool_.run<Reading>(loop_, std::move(work));
  reloading_ = false;
  if (!reading.plan) {
    ++reloads_refused_;
    co_return outcome_of(reading.problems, false);
  }
  auto doors = open_doors(*reading.plan, reading.problems);
  const conf::Text& log = reading.plan->config.log.access;
  auto file = told_at(log.place, reading.problems, gate::LogFile::open(log.value));
  if (!doors || !file) {
    if (doors) close_all(*doors);
    ++reloads_refused_;
    co_return outcome_of(reading.problems, false);
  }
  note_what_stays(*plan_, *reading.plan, reading.problems);
  if (reading.certificates) certificates_ = std::move(reading.certificates);
  if (reading.accounts) {
    accounts_ = std::move(reading.accounts);
    // When that fails, nobody is let in until watch_store() succeeds.
    Result<> followed = co_await outcome(follow_store(true));
    if (!followed) log::error("store.failed", {{"reason", followed.error().text()}});
  }
  log_->follow(*std::move(file));
  follow(std::move(reading.plan), *std::move(doors));
  ++reloads_;
  co_return outcome_of(reading.problems, true);
}

// Each worker looks into its own memory, on its own thread; one of them has made the reference.
net::Task<admin::SignInDocument> RunningGate::find_sign_in(std::string reference) {
  struct Search {
    std::size_t waiting;
    gate::SignInFinding found;
  };
  auto search = std::make_shared<Search>(crew_.size());
  for (Crew& one : crew_) {
    one.worker.loop().post([this, &worker = one.worker, search, reference] {
      loop_.post([search, finding = worker.find_sign_in(reference)] {
        --search->waiting;
        if (finding.kind > search->found.kind) search->found = finding;
      });
    });
  }
  // A worker that does not answer by then hangs; the others have told what they know.
  constexpr int kMostLooks = 5'000;
  for (int looks = 0; search->waiting > 0 && looks < kMostLooks; ++looks)
    co_await loop_.sleep_for(std::chrono::milliseconds(1));
  bool found = search->found.trail != nullptr;
  SignInAnswer answer{.reference = std::move(reference),
                      .finding = std::move(search->found),
                      .gate_since = started_,
                      .access_log = plan_->config.log.access.value};
  co_return admin::SignInDocument{.found = found, .json = json_of(answer)};
}

// Ends when every worker has what the store says. Fails as the store does.
net::Task<> RunningGate::follow_store(bool unasked) {
  if (!accounts_) co_return {};
  using Sight = std::shared_ptr<const SessionSight>;
  while (looking_) co_await loop_.sleep_for(kReloadLook);
  looking_ = true;
  auto work = [this, unasked, plan = plan_] { return watch_.look(*accounts_, terms_of(*plan), unasked); };
  Result<Sight> sight = co_await outcome(pool_.run<Sight>(loop_, std::move(work)));
  looking_ = false;
  if (!sight) co_return std::unexpected(std::move(sight).error());
  if (!*sight) co_return {};
  sight_ = *std::move(sight);
  auto follow = [sight = sight_](gate::Worker& worker) { worker.follow_sessions(sight->keys, sight->ended); };
  co_await on_workers(follow);
  co_return {};
}

net::Task<> RunningGate::on_workers(std::function<void(gate::Worker&)> work) {
  auto waiting = std::make_shared<std::size_t>(crew_.size());
  for (Crew& one : crew_) {
    one.worker.loop().post([this, &worker = one.worker, work, waiting] {
      work(worker);
      loop_.post([waiting] { --*waiting; });
    });
  }
  while (*waiting > 0) co_await loop_.sleep_for(std::chrono::milliseconds(1));
  co_return {};
}

// Gives new connections what the inventory has for them now. Those under way keep what they have.
net::Task<> RunningGate::follow_certificates() {
  if (!certificates_) co_return {};
  using Names = std::shared_ptr<const gate::TlsNames>;
  while (looking_at_certificates_) co_await loop_.sleep_for(kReloadLook);
  looking_at_certificates_ = true;
  auto work = [this, plan = plan_, names = names_]() -> Result<Names> {
    TRY(certificates_->record(*plan, names.get()));
    return certificates_->look(*plan, names.get());
  };
  std::shared_ptr<const gate::Plan> plan = plan_;
  Result<Names> next = co_await outcome(pool_.run<Names>(loop_, std::move(work)));
  looking_at_certificates_ = false;
  if (!next) co_return std::unexpected(std::move(next).error());
  // A reload in between has asked the inventory itself.
  if (!*next || plan != plan_) co_return {};
  tell_changes(names_.get(), **next);
  names_ = *std::move(next);
  for (Crew& one : crew_) {
    one.worker.loop().post([&worker = one.worker, names = names_] { worker.use_names(names); });
  }
  co_return {};
}

// What a command has changed.
net::Task<> RunningGate::follow_all() {
  co_await follow_store(true);
  co_await drains_.follow(pool_);
  co_await follow_certificates();
  co_return {};
}

// Judges the certificates of the inventory every minute, and when something has changed.
net::Task<> RunningGate::watch_alarms() {
  std::uint64_t seen = 0;
  net::Instant next = loop_.now();
  for (;;) {
    co_await loop_.sleep_for(kAlarmLook);
    if (!certificates_) continue;
    std::uint64_t changes = certificates_->changes();
    if (changes == seen && loop_.now() < next) continue;
    auto work = [this] { return judge_certificates(certificates_->inventory(), now_in_seconds()); };
    Result<CertificateSight> sight = co_await outcome(pool_.run<CertificateSight>(loop_, std::move(work)));
    if (!sight) continue;  // watch_store() says so
    seen = changes;
    next = loop_.now() + kJudgeCertificates;
    certificate_sight_ = *std::move(sight);
    co_await deliver();
  }
}

// A channel that is out of order is said once, and asked again with each judgement.
net::Task<> RunningGate::deliver() {
  auto work = [this, plan = plan_] { return deliver_alarms(plan->config.alarm, certificates_->inventory()); };
  Result<> told = co_await outcome(pool_.run<void>(loop_, std::move(work)));
  if (!told && delivers_) log::error("certificate.alarm-failed", {{"reason", told.error().text()}});
  delivers_ = told.has_value();
  co_return {};
}

// Nobody looks at a company CA for years.
net::Task<> RunningGate::watch_authority() {
  for (;;) {
    co_await loop_.sleep_for(kAuthorityLook);
    auto look = [plan = plan_]() -> Result<conf::Problems> {
      conf::Problems problems;
      gate::check_authority_ends(plan->config, now_in_seconds(), problems);
      return problems;
    };
    Result<conf::Problems> problems = co_await outcome(pool_.run<conf::Problems>(loop_, std::move(look)));
    if (!problems) continue;
    for (const conf::Problem& one : problems->all())
      log::warning("authority.ends", {{"reason", one.what.en}, {"remedy", one.remedy.en}});
  }
}

net::Task<> RunningGate::watch_store() {
  for (bool well = true;;) {
    co_await loop_.sleep_for(kStoreLook);
    Result<> followed = co_await outcome(follow_store(false));
    if (followed) followed = co_await outcome(drains_.follow(pool_));
    if (followed) followed = co_await outcome(follow_certificates());
    if (!followed && well) log::error("store.failed", {{"reason", followed.error().text()}});
    if (followed && !well) log::info("store.works-again");
    well = followed.has_value();
  }
}

// For who cannot be answered: a signal. The log tells instead.
net::Task<> RunningGate::reload_and_tell() {
  admin::ReloadOutcome outcome = co_await reload();
  for (const admin::ReloadProblem& one : outcome.problems) {
    std::string place = cat(one.file, ':', one.line, ':', one.column);
    log::write(one.severity == "error" ? log::Level::Error : log::Level::Warning, "reload.problem",
               {{"place", place}, {"code", one.code}, {"what", one.what.en}, {"remedy", one.remedy.en}});
  }
  if (outcome.ok) {
    log::info("reload.done", {{"configuration", plan_->config.file}});
  } else {
    log::error("reload.refused", {{"configuration", plan_->config.file}, {"effect", "nothing has changed"}});
  }
  co_return {};
}

net::Task<> RunningGate::rotate_keys() {
  for (;;) {
    co_await loop_.sleep_for(plan_->config.tls.ticket_rotation);
    keys_ = keys_->rotated();
    for (Crew& one : crew_) {
      one.worker.loop().post([&worker = one.worker, keys = keys_] { worker.use_keys(keys); });
    }
  }
}

// An OCSP answer is renewed by a timer of the administrator's; nobody should have to reload for it.
net::Task<> RunningGate::watch_ocsp_files() {
  std::map<std::string, std::filesystem::file_time_type> seen;
  for (bool first = true;; first = false) {
    bool changed = false;
    for (const gate::SiteConfig& site : plan_->config.sites) {
      for (const gate::CertificateConfig& certificate : site.certificates) {
        if (!certificate.ocsp) continue;
        std::error_code failure;
        auto time = std::filesystem::last_write_time(certificate.ocsp->value, failure);
        if (!failure && std::exchange(seen[certificate.ocsp->value], time) != time) changed = true;
      }
    }
    if (changed && !first) co_await reload_and_tell();
    co_await loop_.sleep_for(kOcspLook);
  }
}

void RunningGate::on_signal(int number) {
  if (number == SIGHUP) {
    loop_.spawn(reload_and_tell());
  } else if (std::exchange(draining_, true)) {
    loop_.stop();
  } else {
    loop_.spawn(drain());
  }
}

net::Task<> RunningGate::drain() {
  net::Instant until = loop_.now() + plan_->config.limits.drain;
  log::info("gate.draining", {{"clients", clients()}});
  tell_service_manager("STOPPING=1");
  for (Crew& one : crew_) {
    one.worker.loop().post([&worker = one.worker] { worker.drain(); });
  }
  // What waited in the kernel's queues is taken in by then.
  capturing_.stop();
  co_await loop_.sleep_for(kDrainLook);
  // Nobody waits longer for a command that takes nothing.
  net::Instant capture_until = loop_.now() + kCaptureEnds;
  auto captures = [&] { return capturing_.under_way() && loop_.now() < capture_until; };
  while ((clients() > 0 || captures()) && loop_.now() < until) co_await loop_.sleep_for(kDrainLook);
  if (clients() > 0) log::warning("gate.cut-off", {{"clients", clients()}});
  loop_.stop();
  co_return {};
}

}  // namespace pforte::app
