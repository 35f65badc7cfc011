#include "gate/drains.h"

#include "base/log.h"
#include "gate/plan.h"

namespace pforte::gate {

Result<Drains> Drains::read(store::Store& store) {
  Drains drains;
  auto keep = [&](const store::Row& row) {
    std::pair server(std::string(row.text(0)), std::string(row.text(1)));
    drains.servers_.emplace(std::move(server),
                            std::chrono::system_clock::time_point(std::chrono::milliseconds(row.number(2))));
  };
  TRY(store.read("SELECT backend, server, since FROM backend_drain", {}, keep));
  return drains;
}

std::optional<std::chrono::system_clock::time_point> Drains::since(std::string_view backend,
                                                                   std::string_view url) const {
  auto found = servers_.find({std::string(backend), std::string(url)});
  return found == servers_.end() ? std::nullopt : std::optional(found->second);
}

void Drains::apply_to(const Plan& plan) const {
  for (const auto& backend : plan.backends) {
    const std::string& name = backend->config.name.value;
    for (const std::shared_ptr<Server>& server : backend->servers) {
      bool drained = contains(name, server->url());
      if (!server->drain(drained)) continue;
      if (drained) log::info("backend.drained", {{"backend", name}, {"server", server->url()}});
      if (!drained) log::info("backend.undrained", {{"backend", name}, {"server", server->url()}});
    }
  }
}

Result<bool> set_drained(store::Store& store, std::string_view backend, std::string_view url, bool drained) {
  std::string name(backend), server(url);
  if (!drained) {
    auto gone = TRY(store.change("DELETE FROM backend_drain WHERE backend = ? AND server = ?", {name, server}));
    return gone > 0;
  }
  auto added = TRY(store.change(
      "INSERT INTO backend_drain (backend, server, since) VALUES (?, ?, ?) ON CONFLICT (backend, server) DO NOTHING",
      {name, server, store::now_in_store()}));
  return added > 0;
}

}  // namespace pforte::gate
