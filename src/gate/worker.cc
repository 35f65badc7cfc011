#include "gate/worker.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "gate/visit.h"

namespace pforte::gate {

namespace {

constexpr net::Duration kTidyEvery = std::chrono::seconds(5);

std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number) std::abort();
  return number;
}

void tell_no_descriptor(int number) {
  log::error("accept.refused", {{"reason", std::generic_category().message(number)},
                                {"remedy", "raise LimitNOFILE of the service; clients wait until others leave"}});
}

}  // namespace

Worker::Worker(AccessLog& log, contact::Recorder& contacts, std::size_t most_clients)
    : lane_(log.lane()),
      contacts_(contacts.lane()),
      last_contact_(random_number()),
      references_(random_number()),
      most_clients_(most_clients),
      connections_(loop_, *this),
      balancer_(loop_, random_number()) {
  loop_.spawn(keep_tidy());
}

Worker::~Worker() {
  loop_.cancel_tasks();
}

void Worker::follow(const std::shared_ptr<const Plan>& plan, const std::vector<Door>& doors) {
  // A count of our own: all workers counting on one would make it travel between their cores with every request.
  plan_ = std::shared_ptr<const Plan>(plan.get(), [plan](const Plan*) {});
  use_names(plan->names);
  known_sessions_.forget_introductions();
  const std::vector<ListenerConfig>& listeners = plan_->config.listeners;
  for (auto at = entrances_.begin(); at != entrances_.end();) {
    auto stays = std::ranges::find(listeners, at->address, &ListenerConfig::address);
    if (stays != listeners.end()) {
      at->config = std::make_shared<const ListenerConfig>(*stays);
      ++at;
    } else {
      at->listener->accept_waiting();
      at = entrances_.erase(at);
    }
  }
  for (const Door& door : doors) open(door);
}

void Worker::open(const Door& door) {
  const ListenerConfig& config = plan_->config.listeners[door.listener];
  Entrance& entrance = entrances_.emplace_back(config.address, std::make_shared<const ListenerConfig>(config), nullptr);
  auto on_accept = [this, &entrance](net::Accepted accepted) { welcome(entrance, accepted); };
  auto on_refused = [this](int number) {
    metrics_.accept_refusals.add();
    tell_no_descriptor(number);
  };
  entrance.listener = std::make_unique<net::Listener>(loop_, door.descriptor, on_accept, on_refused);
  if (full_) entrance.listener->pause();
}

void Worker::welcome(Entrance& entrance, net::Accepted accepted) {
  metrics_.clients_accepted.add();
  metrics_.client_connections.add();
  auto visit = std::make_unique<Visit>(*this, entrance.config, accepted);
  auto place = visits_.insert(visits_.end(), visit.get());
  loop_.spawn(host(place, std::move(visit)));
  pause_when_full();
}

net::Task<> Worker::host(std::list<Visit*>::iterator place, std::unique_ptr<Visit> visit) {
  // How it ended has been told by whoever knew: the handshake, or the record of the last exchange.
  Result<> ended = co_await outcome(visit->run());
  visits_.erase(place);
  metrics_.client_connections.subtract();
  pause_when_full();
  co_return ended;
}

// What we do not accept waits in the kernel's queue. Half of all descriptors are left for the backends.
void Worker::pause_when_full() {
  bool full = visits_.size() >= most_clients_;
  if (full == full_) return;
  full_ = full;
  if (full) {
    log::warning("clients.full", {{"connections", visits_.size()},
                                  {"remedy", "raise LimitNOFILE of the service, or [limits] connections"}});
  }
  for (Entrance& entrance : entrances_) full ? entrance.listener->pause() : entrance.listener->resume();
}

net::Task<> Worker::keep_tidy() {
  for (;;) {
    co_await loop_.sleep_for(kTidyEvery);
    connections_.sweep();
    tunnels_.end_those(ended_sessions_.get(), std::chrono::system_clock::now());
    for (Visit* visit : visits_) {
      visit->forget_old_half();
      visit->note().tell_if_it_stays();
    }
  }
}

void Worker::follow_sessions(std::shared_ptr<const session::Keys> keys, std::shared_ptr<const session::Ended> ended) {
  if (keys != session_keys_) known_sessions_.clear();
  session_keys_ = std::move(keys);
  ended_sessions_ = std::move(ended);
  tunnels_.end_those(ended_sessions_.get(), std::chrono::system_clock::now());
}

void Worker::capture(std::shared_ptr<capture::Recording> recording) {
  recording_ = std::move(recording);
  std::size_t open = 0;
  for (Visit* visit : visits_) {
    if (!recording_) visit->end_capture();
    if (!recording_) continue;
    std::string_view host = visit->session() ? std::string_view(visit->session()->server_name()) : std::string_view();
    open += may_be_wanted(recording_->terms().filter, *plan_, visit->visitor().peer, host) ? 1 : 0;
  }
  if (recording_) recording_->count_left_out(open);
}

void Worker::drain() {
  draining_ = true;
  for (Entrance& entrance : entrances_) entrance.listener->accept_waiting();
  entrances_.clear();
  for (auto at = visits_.begin(); at != visits_.end();) {
    Visit* visit = *at++;  // it may leave at once
    visit->end_soon();
  }
}

bool Worker::may_self_test() {
  constexpr int kMostInASecond = 20;
  if (loop_.now() - self_tests_since_ >= std::chrono::seconds(1)) {
    self_tests_since_ = loop_.now();
    self_tests_ = 0;
  }
  return ++self_tests_ <= kMostInASecond;
}

void Worker::keep_sign_in(SignInTrail trail) {
  std::uint64_t number = references_.number_of(trail.reference);
  sign_ins_.keep(number, std::move(trail));
}

SignInFinding Worker::find_sign_in(std::string_view reference) const {
  std::uint64_t number = references_.number_of(reference);
  return number == 0 ? SignInFinding() : sign_ins_.find(number);
}

void Worker::record(std::size_t site, const Record& record) {
  metrics_.count(site, record);
  lane_.write(record);
}

void Worker::backend_connections(std::int64_t busy, std::int64_t idle) {
  metrics_.backend_busy.add(busy);
  metrics_.backend_idle.add(idle);
  if (busy > 0 && idle == 0) metrics_.backend_connects.add();
}

}  // namespace pforte::gate
