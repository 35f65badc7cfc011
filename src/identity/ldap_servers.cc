#include "identity/ldap_servers.h"

#include <chrono>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "crypto/pem.h"
#include "identity/ldap_patience.h"

namespace pforte::identity {
namespace {

using namespace std::chrono_literals;
using Clock = LdapPatience::Clock;
using SystemClock = std::chrono::system_clock;

constexpr std::size_t kMostIdle = 8;
// Firewalls forget connections, and servers close them, after more than this.
constexpr std::chrono::seconds kLongestIdle = 60s;

struct Idle {
  LdapConnection connection;
  Clock::time_point since;
};

// A server, what is known of it, and connections to it that wait for work.
struct Station {
  explicit Station(LdapLink link) : link(std::move(link)) {}

  LdapLink link;
  LdapPatience patience;
  mutable std::mutex mutex;
  // Under mutex.
  std::vector<Idle> idle;  // the one used last is last
  std::optional<SystemClock::time_point> failed;
  std::string reason;       // with `failed`
  std::string certificate;  // that it showed last
};

// Nothing wrong with the server: it has judged what it was asked.
bool is_answer(const Result<>& result) {
  if (result || result.error().kind() == Kind::Denied) return true;
  return result.error().code() == "ldap.refused" || result.error().code() == "ldap.no-entry";
}

std::optional<LdapConnection> take_idle(Station& station) {
  std::vector<Idle> old;  // closed without holding the others up
  std::lock_guard lock(station.mutex);
  if (station.idle.empty()) return std::nullopt;
  if (Clock::now() - station.idle.back().since > kLongestIdle) {
    old.swap(station.idle);
    return std::nullopt;
  }
  std::optional<LdapConnection> taken = std::move(station.idle.back().connection);
  station.idle.pop_back();
  return taken;
}

void keep(Station& station, LdapConnection connection) {
  std::lock_guard lock(station.mutex);
  if (station.idle.size() < kMostIdle) station.idle.push_back({std::move(connection), Clock::now()});
}

void forget_idle(Station& station) {
  std::vector<Idle> old;
  std::lock_guard lock(station.mutex);
  old.swap(station.idle);
}

void remember_failure(Station& station, const std::string& reason) {
  std::lock_guard lock(station.mutex);
  station.failed = SystemClock::now();
  station.reason = reason;
}

LdapServerState state_of(const Station& station) {
  LdapServerState state;
  state.url = station.link.server.url();
  std::optional<Clock::time_point> until = station.patience.left_alone_until();
  state.up = !until;
  Clock::duration left = until ? *until - Clock::now() : Clock::duration::zero();
  if (left > Clock::duration::zero())
    state.left_alone_until = SystemClock::now() + std::chrono::duration_cast<SystemClock::duration>(left);
  std::lock_guard lock(station.mutex);
  state.failed = station.failed;
  state.reason = station.reason;
  state.certificate = station.certificate;
  return state;
}

Result<LdapConnection> connect(Station& station) {
  LdapConnection connection = TRY(LdapConnection::open(station.link));
  std::string certificate = connection.certificate();
  std::lock_guard lock(station.mutex);
  station.certificate = std::move(certificate);
  return connection;
}

}  // namespace

class LdapServers::Body {
 public:
  explicit Body(const LdapConfig& config);

  Result<> on_first(const std::function<Result<>(Station&)>& work);
  Result<> as_service(Station& station, const Work& work) const;
  std::vector<LdapServerState> states() const;

 private:
  Result<LdapConnection> signed_in(Station& station) const;

  std::optional<std::string> bind_dn_;
  std::string password_file_;
  std::list<Station> stations_;
};

LdapServers::Body::Body(const LdapConfig& config) : bind_dn_(config.bind_dn) {
  if (config.bind_password_file) password_file_ = config.bind_password_file->value;
  conf::Problems known_already;
  for (const conf::Text& url : config.servers) {
    std::optional<LdapServer> server = read_ldap_server(url, known_already);
    if (!server) continue;
    stations_.emplace_back(LdapLink{.server = *std::move(server),
                                    .start_tls = config.start_tls,
                                    .trust = config.trust ? config.trust->value : "system",
                                    .timeout = config.timeout});
  }
}

Result<> LdapServers::Body::on_first(const std::function<Result<>(Station&)>& work) {
  Result<> last = fail(Kind::Unavailable, "ldap.unavailable", "no server of the directory has answered of late");
  for (Station& station : stations_) {
    Clock::time_point began = Clock::now();
    if (!station.patience.may_ask(began)) continue;
    std::string server = station.link.server.url();
    Result<> done = work(station);
    if (is_answer(done)) {
      if (station.patience.answered()) log::info("ldap.server-back", {{"server", server}});
      if (done || done.error().kind() == Kind::Denied) return done;
      log::warning("ldap.refused", {{"server", server}, {"reason", done.error().text()}});
      remember_failure(station, done.error().text());
    } else {
      remember_failure(station, done.error().text());
      std::chrono::seconds pause = station.patience.failed(began, Clock::now());
      log::warning("ldap.server-failed", {{"server", server},
                                          {"code", done.error().code()},
                                          {"reason", done.error().text()},
                                          {"pause_s", pause.count()}});
    }
    last = std::move(done);
  }
  if (last.error().kind() == Kind::Unavailable) return last;
  return fail(Kind::Unavailable, last.error().code(), last.error().text());
}

// With a wrong password in the file, each attempt counts against the service account in the directory: the server is
// left alone after that as after any other failure.
Result<LdapConnection> LdapServers::Body::signed_in(Station& station) const {
  LdapConnection connection = TRY(connect(station));
  if (!bind_dn_) return connection;
  Result<Secret> password = crypto::read_password(password_file_);
  if (!password) return fail(Kind::Unavailable, "ldap.service-account", password.error().text());
  Result<> bound = connection.bind(*bind_dn_, *password);
  if (bound) return connection;
  if (bound.error().kind() != Kind::Denied) return std::unexpected(std::move(bound).error());
  return fail(Kind::Unavailable, "ldap.service-account",
              cat(station.link.server.url(), " refuses ", *bind_dn_, ": ", bound.error().text()));
}

Result<> LdapServers::Body::as_service(Station& station, const Work& work) const {
  if (std::optional<LdapConnection> kept = take_idle(station)) {
    Result<> done = work(*kept);
    if (is_answer(done)) {
      keep(station, *std::move(kept));
      return done;
    }
    // Closed by the server, or forgotten by a firewall; the others are no younger.
    forget_idle(station);
    // Who waits has waited long enough for this server: to ask it again would cost them the same once more.
    if (done.error().kind() == Kind::Timeout) return done;
  }
  LdapConnection fresh = TRY(signed_in(station));
  Result<> done = work(fresh);
  if (is_answer(done)) keep(station, std::move(fresh));
  return done;
}

std::vector<LdapServerState> LdapServers::Body::states() const {
  std::vector<LdapServerState> states;
  states.reserve(stations_.size());
  for (const Station& station : stations_) states.push_back(state_of(station));
  return states;
}

LdapServers::LdapServers(const LdapConfig& config) : body_(std::make_unique<Body>(config)) {}
LdapServers::~LdapServers() = default;

Result<> LdapServers::as_service(const Work& work) {
  return body_->on_first([&](Station& station) { return body_->as_service(station, work); });
}

Result<> LdapServers::alone(const Work& work) {
  return body_->on_first([&](Station& station) -> Result<> {
    LdapConnection connection = TRY(connect(station));
    return work(connection);
  });
}

std::vector<LdapServerState> LdapServers::states() const {
  return body_->states();
}

}  // namespace pforte::identity
