#include "gate/shared_connections.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "gate/dial.h"

namespace pforte::gate {

namespace {

// So long a server that is asked whether it is there has to answer, and half of the time that a connection may take.
constexpr net::Duration kPingTime = std::chrono::seconds(2);

// So long an unused connection is kept. No request is lost when the server closes it just then: GOAWAY tells.
constexpr net::Duration kLongestUnused = std::chrono::seconds(120);

Error again(const Error& error) {
  return Error(error.kind(), error.code(), error.text());
}

}  // namespace

// Somebody who waits for the end of the preparation, however the wait ends.
class SharedConnections::Waiting {
 public:
  explicit Waiting(std::set<net::Signal*>& all) : all_(all) { all_.insert(&signal); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { all_.erase(&signal); }

  net::Signal signal;

 private:
  std::set<net::Signal*>& all_;
};

SharedConnections::SharedConnections(net::Loop& loop, ConnectionGauge& gauge, std::shared_ptr<Server> server,
                                     net::Duration quiet)
    : TurnEnd(loop), loop_(loop), gauge_(gauge), server_(std::move(server)), quiet_(quiet) {}

SharedConnections::~SharedConnections() {
  for (const Member& member : members_) {
    gauge_.backend_connections(member.busy ? -1 : 0, member.busy ? 0 : -1);
    gauge_.shared_connections(-1);
  }
}

// Those to an address that the server has left end with what is under way over them.
void SharedConnections::leave_old_addresses() {
  for (const Member& member : members_) {
    if (member.moves != server_->moves()) member.client->retire();
  }
}

SharedConnections::Found SharedConnections::open(Purpose purpose) {
  leave_old_addresses();
  for (const Member& member : members_) {
    http::H2Client& client = *member.client;
    bool fit = purpose == Purpose::Answer || client.takes_tunnels();
    if (!fit || !client.has_room() || loop_.now() - client.heard() > quiet_) continue;
    bool reused = client.used();
    return {.exchange = client.open(), .reused = reused};
  }
  return {};
}

bool SharedConnections::refuses(Purpose purpose) const {
  auto knows_none = [](const Member& member) { return member.client->has_room() && !member.client->takes_tunnels(); };
  return purpose == Purpose::Tunnel && std::ranges::any_of(members_, knows_none);
}

net::Task<> SharedConnections::prepare(net::Duration limit) {
  if (!preparing_) preparing_.emplace(make_ready(limit), [this] { ask(); });
  Waiting waiting(waiting_);
  co_await waiting.signal;
  co_return {};
}

net::Task<bool> SharedConnections::wake_quiet_one(net::Duration limit) {
  for (Member& member : members_) {
    http::H2Client& client = *member.client;
    if (!client.has_room() || loop_.now() - client.heard() <= quiet_) continue;
    Asked asked(member);
    Result<> answered = co_await outcome(net::within(loop_, limit, client.ping()));
    if (answered && client.has_room()) co_return true;
    client.retire();
  }
  co_return false;
}

net::Task<> SharedConnections::make_ready(net::Duration limit) {
  net::Instant until = loop_.now() + limit;
  bool awake = co_await wake_quiet_one(std::min<net::Duration>(kPingTime, limit / 2));
  if (awake) co_return {};
  unsigned moves = server_->moves();
  Line line = co_await dial(loop_, *server_, until - loop_.now());
  prefers_http1_ = !line.http2;
  if (!line.http2) {
    other_ = std::make_unique<http::H1Client>(loop_, std::move(line.stream));
    co_return {};
  }
  line.stream->read_deadline(net::kNever);
  std::string_view scheme = server_->tls() ? "https" : "http";
  auto client = std::make_unique<http::H2Client>(loop_, std::move(line.stream), scheme, [this] { ask(); });
  Result<> greeted = co_await outcome(net::within(loop_, until - loop_.now(), client->greeted()));
  if (!greeted) co_return std::unexpected(not_greeted(*server_, greeted.error()));
  if (!client->has_room())
    co_return fail(Kind::Unavailable, "backend.no-http2", cat(server_->url(), ": the server allows no request at all"));
  members_.push_back({.client = std::move(client), .moves = moves});
  gauge_.shared_connections(1);
  gauge_.backend_connections(1, 0);
  gauge_.backend_connections(-1, 1);
  co_return {};
}

// Tasks that are woken may ask for the next connection.
void SharedConnections::on_turn_end() {
  tell_gauge();
  if (!preparing_ || !preparing_->result()) return;
  std::optional<Error> failure;
  if (preparing_->failed()) failure.emplace(again(preparing_->result()->error()));
  preparing_.reset();
  std::vector<net::Signal*> woken(waiting_.begin(), waiting_.end());
  for (net::Signal* signal : woken) {
    if (!waiting_.contains(signal)) continue;
    waiting_.erase(signal);
    failure ? signal->fail(again(*failure)) : signal->ring();
  }
}

// And lets go of those that are over.
void SharedConnections::tell_gauge() {
  for (auto at = members_.begin(); at != members_.end();) {
    bool over = at->client->over() && !at->asked;
    bool busy = at->client->streams() > 0;
    if (busy != at->busy) gauge_.backend_connections(busy ? 1 : -1, busy ? -1 : 1);
    at->busy = busy;
    if (over) gauge_.backend_connections(0, -1);
    if (over) gauge_.shared_connections(-1);
    at = over ? members_.erase(at) : std::next(at);
  }
}

bool SharedConnections::sweep() {
  leave_old_addresses();
  for (const Member& member : members_) {
    bool unused = member.client->streams() == 0 && loop_.now() - member.client->idle_since() > kLongestUnused;
    if (unused) member.client->retire();
  }
  tell_gauge();
  other_.reset();
  return members_.empty() && waiting_.empty() && !preparing_;
}

}  // namespace pforte::gate
