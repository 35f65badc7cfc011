#include "gate/server.h"

#include <algorithm>
#include <utility>

#include "gate/rendezvous.h"

namespace pforte::gate {

namespace {

// So long a server that wanted HTTP/1.1 is not asked over HTTP/2.
constexpr net::Duration kHttp1Time = std::chrono::minutes(10);

}  // namespace

Server::Server(const BackendConfig& backend, const ServerConfig& config, std::shared_ptr<const tls::ClientContext> tls)
    : config_(config),
      url_(url_of(config)),
      hash_(hash_of(url_)),
      tls_name_(backend.server_name.empty() ? config.host : backend.server_name),
      tls_(std::move(tls)),
      protocol_(backend.protocol),
      idle_connections_(backend.idle_connections),
      eject_after_(backend.eject_after),
      eject_time_(backend.eject_time),
      eject_time_max_(backend.eject_time_max),
      addresses_(std::make_shared<const std::vector<net::Address>>()) {
  story_.since = std::chrono::system_clock::now();
  Result<net::Address> address = net::parse_ip(config.host, config.port);
  named_ = !address;
  if (address) addresses({*address});
}

Server::Addresses Server::addresses() const {
  std::lock_guard lock(mutex_);
  return addresses_;
}

void Server::addresses(std::vector<net::Address> found) {
  auto fresh = std::make_shared<const std::vector<net::Address>>(std::move(found));
  std::lock_guard lock(mutex_);
  auto stays = [&](const net::Address& one) { return std::ranges::find(*fresh, one) != fresh->end(); };
  bool moves = !std::ranges::all_of(*addresses_, stays);
  addresses_ = std::move(fresh);
  if (moves) moves_.fetch_add(1, std::memory_order_relaxed);
}

bool Server::ejected(net::Instant now) const {
  return now.time_since_epoch().count() < ejected_until_.load(std::memory_order_relaxed);
}

bool Server::wants_http1(net::Instant now) const {
  return now.time_since_epoch().count() < http1_until_.load(std::memory_order_relaxed);
}

bool Server::require_http1(net::Instant now) {
  std::int64_t until = (now + kHttp1Time).time_since_epoch().count();
  return http1_until_.exchange(until, std::memory_order_relaxed) < now.time_since_epoch().count();
}

void Server::succeeded() {
  if (failures_in_a_row_.load(std::memory_order_relaxed) == 0) return;
  failures_in_a_row_.store(0, std::memory_order_relaxed);
}

bool Server::failed(net::Instant now, std::string_view reason) {
  unsigned failures = failures_in_a_row_.fetch_add(1, std::memory_order_relaxed) + 1;
  std::lock_guard lock(mutex_);
  bool ejects = eject_after_ > 0 && failures >= eject_after_ && !ejected(now);  // one of several workers does
  story_.reason = reason;
  failed_at_ = std::chrono::system_clock::now();
  if (!ejects) return false;
  story_.since = failed_at_;
  story_.ejection = next_ejection(now, failures);
  ejected_until_.store((now + story_.ejection).time_since_epoch().count(), std::memory_order_relaxed);
  return true;
}

// Under mutex_. One failure after another since the last ejection, or soon again: it is still the same trouble.
std::chrono::milliseconds Server::next_ejection(net::Instant now, unsigned failures) const {
  net::Instant last_end{net::Duration(ejected_until_.load(std::memory_order_relaxed))};
  bool has_served = failures <= eject_after_;
  bool anew = story_.ejection == std::chrono::milliseconds(0) || (has_served && now - last_end >= story_.ejection);
  return anew ? eject_time_ : std::min(2 * story_.ejection, eject_time_max_);
}

unsigned Server::warmth(net::Instant now, net::Duration slow_start) const {
  constexpr unsigned kCold = 100, kWarm = 1000;
  if (slow_start <= net::Duration(0)) return kWarm;
  std::int64_t back =
      std::max(back_since_.load(std::memory_order_relaxed), ejected_until_.load(std::memory_order_relaxed));
  if (back == 0) return kWarm;
  net::Duration passed = now.time_since_epoch() - net::Duration(back);
  if (passed >= slow_start) return kWarm;
  if (passed <= net::Duration(0)) return kCold;
  return kCold + unsigned((kWarm - kCold) * passed / slow_start);
}

bool Server::let_in(unsigned most) {
  if (most == 0) {
    requests_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  unsigned before = requests_.load(std::memory_order_relaxed);
  while (before < most) {
    if (requests_.compare_exchange_weak(before, before + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

bool Server::judged(const Check& check, unsigned rise, unsigned fall) {
  std::lock_guard lock(mutex_);
  story_.check = check;
  ++(check.passed ? story_.checks_passed : story_.checks_failed);
  if (!check.passed) story_.reason = check.reason;
  if (!verdict_.take(check.passed, rise, fall)) return false;
  healthy_.store(verdict_.well(), std::memory_order_relaxed);
  story_.since = check.at;
  ++story_.changes;
  if (check.passed) came_back();
  return true;
}

void Server::unchecked() {
  std::lock_guard lock(mutex_);
  if (!verdict_.well()) {
    story_.since = std::chrono::system_clock::now();
    came_back();
  }
  verdict_ = {};
  story_.check = std::nullopt;
  healthy_.store(true, std::memory_order_relaxed);
}

bool Server::drain(bool drained) {
  if (drained_.exchange(drained, std::memory_order_relaxed) == drained) return false;
  if (!drained) {
    came_back();
    failures_in_a_row_.store(0, std::memory_order_relaxed);
  }
  std::lock_guard lock(mutex_);
  story_.since = std::chrono::system_clock::now();
  return true;
}

bool Server::showed_certificate(std::chrono::sys_seconds not_after, const std::string& digest) {
  std::lock_guard lock(mutex_);
  story_.certificate_expires = not_after;
  return std::exchange(digest_, digest) != digest;
}

bool Server::showed_bad_certificate(std::chrono::sys_seconds not_after, const std::string& digest, net::Instant now) {
  std::lock_guard lock(mutex_);
  story_.certificate_expires = not_after;
  if (now < next_bad_ || digest_ == digest) return false;
  digest_ = digest;
  next_bad_ = now + std::chrono::minutes(1);
  return true;
}

void Server::showed_chain(std::string pem) {
  std::lock_guard lock(mutex_);
  chain_ = std::move(pem);
}

std::string Server::take_chain() {
  std::lock_guard lock(mutex_);
  return std::exchange(chain_, {});
}

Server::Story Server::story() const {
  std::lock_guard lock(mutex_);
  Story story = story_;
  bool passed_since = story.check && story.check->passed && story.check->at > failed_at_;
  story.failures = passed_since ? 0 : failures_in_a_row_.load(std::memory_order_relaxed);
  return story;
}

bool Server::same_as(const Server& other) const {
  bool same_trust = tls_ && other.tls_ ? tls_->same_trust(*other.tls_) : tls_ == other.tls_;
  return same_trust && url_ == other.url_ && tls_name_ == other.tls_name_ && protocol_ == other.protocol_ &&
         idle_connections_ == other.idle_connections_ && eject_after_ == other.eject_after_ &&
         eject_time_ == other.eject_time_ && eject_time_max_ == other.eject_time_max_;
}

}  // namespace pforte::gate
