#include "gate/private_connection.h"

#include <algorithm>

namespace pforte::gate {

PrivateConnection::PrivateConnection(Connections& connections, std::function<void()> on_loss)
    : connections_(connections), on_loss_(std::move(on_loss)) {}

const Server* PrivateConnection::server_of(const Backend& backend) const {
  if (!kept_ || !kept_->server()->healthy()) return nullptr;
  bool of_it = std::ranges::find(backend.servers, kept_->server()) != backend.servers.end();
  return of_it ? kept_->server().get() : nullptr;
}

net::Task<Connections::Lease> PrivateConnection::take(std::shared_ptr<Server> server, net::Duration connect_limit,
                                                      bool fresh) {
  watch_.reset();
  std::optional<Connections::Lease> kept;
  if (kept_) kept.emplace(*std::move(kept_));
  kept_.reset();
  bool fit = kept && kept->server() == server && !fresh && kept->connection().still_good();
  if (fit) co_return *std::move(kept);
  kept.reset();
  Connections::Lease lease = co_await connections_.take(std::move(server), connect_limit, true);
  co_return lease;
}

void PrivateConnection::keep(Connections::Lease lease) {
  if (!lease.rest()) return on_loss_();
  kept_.emplace(std::move(lease));
  watch_.emplace(watch(), [this] { on_loss_(); });
}

// Ends when the server closes it, or speaks unasked.
net::Task<> PrivateConnection::watch() {
  net::Stream& stream = kept_->connection().stream();
  while (kept_->connection().still_good()) co_await stream.readable();
  co_return {};
}

}  // namespace pforte::gate
