#include "gate/passthrough.h"

#include <algorithm>

namespace pforte::gate {

namespace {

// Nobody answers there, which one attempt is enough to know; and in a while it is asked again.
BackendConfig server_terms() {
  BackendConfig terms;
  terms.idle_connections = 0;
  terms.eject_after = 1;
  return terms;
}

std::shared_ptr<Server> same_or(const Passthrough* previous, std::shared_ptr<Server> fresh) {
  if (!previous) return fresh;
  auto same = [&](const std::shared_ptr<Server>& known) { return known->same_as(*fresh); };
  auto found = std::ranges::find_if(previous->servers(), same);
  return found == previous->servers().end() ? fresh : *found;
}

}  // namespace

Passthrough::Passthrough(const PassthroughConfig& config, const Passthrough* previous)
    : config_(config), traffic_(previous ? previous->traffic_ : std::make_shared<Traffic>()) {
  servers_.reserve(config.servers.size());
  for (const ServerConfig& server : config.servers)
    servers_.push_back(same_or(previous, std::make_shared<Server>(server_terms(), server, nullptr)));
}

bool Passthrough::admits(const net::Address& client) const {
  return config_.from.empty() ||
         std::ranges::any_of(config_.from, [&](const net::Network& network) { return network.contains(client); });
}

std::vector<Server*> Passthrough::in_turn(net::Instant now) const {
  std::size_t first = traffic_->turn.fetch_add(1, std::memory_order_relaxed);
  std::vector<Server*> order, failed;
  order.reserve(servers_.size());
  for (std::size_t i = 0; i < servers_.size(); ++i) {
    Server* server = servers_[(first + i) % servers_.size()].get();
    (server->available(now) ? order : failed).push_back(server);
  }
  order.insert(order.end(), failed.begin(), failed.end());
  return order;
}

Passthrough::Slot::Slot(const Passthrough& passthrough) : traffic_(passthrough.traffic_) {
  std::size_t count = ++traffic_->connections;
  within_limit_ = passthrough.config_.connections == 0 || count <= passthrough.config_.connections;
}

}  // namespace pforte::gate
