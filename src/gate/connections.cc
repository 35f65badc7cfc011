#include "gate/connections.h"

#include "base/text.h"

namespace pforte::gate {

namespace {

// Tomcat closes idle connections after 20 s: using one just then fails a request that must not be repeated.
constexpr net::Duration kLongestIdle = std::chrono::seconds(15);

}  // namespace

Connections::Connections(net::Loop& loop, ConnectionGauge& gauge) : loop_(loop), gauge_(gauge) {}

Connections::~Connections() {
  std::int64_t idle = 0;
  for (const auto& [server, kept] : kept_) idle += std::int64_t(kept.idle.size());
  gauge_.backend_connections(0, -idle);
}

Connections::Lease::Lease(Connections& home, std::shared_ptr<Server> server, std::unique_ptr<http::H1Client> client,
                          bool reused, unsigned moves)
    : home_(&home), server_(std::move(server)), client_(std::move(client)), reused_(reused), moves_(moves) {
  ++home_->kept(server_).busy;
  home_->gauge_.backend_connections(1, 0);
}

Connections::Lease::Lease(Connections& home, std::shared_ptr<Server> server, SharedConnections::Found shared)
    : home_(&home),
      server_(std::move(server)),
      shared_(std::move(shared.exchange)),
      reused_(shared.reused),
      moves_(server_->moves()) {
  ++home_->kept(server_).busy;
  home_->gauge_.shared_exchanges(1);
}

Connections::Lease::~Lease() {
  if (!server_ || !(client_ || shared_)) return;
  --home_->kept(server_).busy;
  shared_ ? home_->gauge_.shared_exchanges(-1) : home_->gauge_.backend_connections(-1, 0);
}

void Connections::Lease::give_back() && {
  if (!client_) return;
  Kept& kept = home_->kept(server_);
  // One to an address that its server has left ends with its exchange.
  if (moves_ != server_->moves() || !client_->rest() || client_->signed_in() ||
      kept.idle.size() >= server_->idle_connections())
    return;
  kept.idle.push_back({.client = std::move(client_), .since = home_->loop_.now(), .moves = moves_});
  --kept.busy;
  home_->gauge_.backend_connections(-1, 1);
}

bool Connections::Lease::rest() {
  reused_ = true;
  return client_->rest();
}

Connections::Kept& Connections::kept(const std::shared_ptr<Server>& server) {
  Kept& found = kept_[server.get()];
  if (!found.server) found.server = server;
  return found;
}

std::unique_ptr<http::H1Client> Connections::take_idle(Kept& kept) {
  while (!kept.idle.empty()) {
    Idle last = std::move(kept.idle.back());
    kept.idle.pop_back();
    gauge_.backend_connections(0, -1);
    if (last.moves == kept.server->moves() && last.client->still_good()) return std::move(last.client);
  }
  return nullptr;
}

net::Task<Connections::Lease> Connections::take(std::shared_ptr<Server> server, net::Duration connect_limit, bool fresh,
                                                Purpose purpose) {
  if (server->protocol() == Protocol::Http1)
    return take_alone(std::move(server), connect_limit, fresh, Speech::AsConfigured);
  if (server->wants_http1(loop_.now())) return take_alone(std::move(server), connect_limit, fresh, Speech::Http1);
  return take_shared(std::move(server), connect_limit, purpose);
}

net::Task<Connections::Lease> Connections::take_alone(std::shared_ptr<Server> server, net::Duration connect_limit,
                                                      bool fresh, Speech speech) {
  unsigned moves = server->moves();
  if (!fresh) {
    std::unique_ptr<http::H1Client> client = take_idle(kept(server));
    if (client) co_return Lease(*this, std::move(server), std::move(client), true, moves);
  }
  Line line = co_await dial(loop_, *server, connect_limit, speech);
  auto client = std::make_unique<http::H1Client>(loop_, std::move(line.stream));
  co_return Lease(*this, std::move(server), std::move(client), false, moves);
}

SharedConnections& Connections::shared(const std::shared_ptr<Server>& server) {
  Kept& of_server = kept(server);
  if (!of_server.shared) of_server.shared = std::make_unique<SharedConnections>(loop_, gauge_, server);
  return *of_server.shared;
}

net::Task<Connections::Lease> Connections::take_shared(std::shared_ptr<Server> server, net::Duration connect_limit,
                                                       Purpose purpose) {
  net::Instant until = loop_.now() + connect_limit;
  while (loop_.now() < until) {
    SharedConnections& connections = shared(server);
    if (connections.prefers_http1()) {
      unsigned moves = server->moves();
      std::unique_ptr<http::H1Client> other = connections.take_other();
      if (other) co_return Lease(*this, std::move(server), std::move(other), false, moves);
      Lease alone = co_await take_alone(std::move(server), until - loop_.now(), false, Speech::Http1);
      co_return alone;
    }
    SharedConnections::Found found = connections.open(purpose);
    if (found.exchange) co_return Lease(*this, std::move(server), std::move(found));
    if (connections.refuses(purpose)) {
      if (!server->tls())
        co_return fail(Kind::Unavailable, "backend.no-websocket",
                       cat(server->url(), ": the server takes no WebSocket over HTTP/2 (RFC 8441)"));
      Lease alone = co_await take_alone(std::move(server), until - loop_.now(), false, Speech::Http1);
      co_return alone;
    }
    co_await connections.prepare(until - loop_.now());
  }
  co_return fail(Kind::Timeout, "backend.connect-timeout", cat(server->url(), ": no connection had room in time"));
}

void Connections::sweep() {
  for (auto at = kept_.begin(); at != kept_.end();) {
    Kept& kept = at->second;
    std::size_t closed = std::erase_if(kept.idle, [this, &kept](Idle& idle) {
      return loop_.now() - idle.since > kLongestIdle || idle.moves != kept.server->moves() ||
             !idle.client->still_good();
    });
    gauge_.backend_connections(0, -std::int64_t(closed));
    bool unshared = !kept.shared || kept.shared->sweep();
    bool forgotten = unshared && kept.idle.empty() && kept.busy == 0;
    at = forgotten ? kept_.erase(at) : std::next(at);
  }
}

}  // namespace pforte::gate
