#include "identity/services.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace pforte::identity {
namespace {

using store::Row;

// In order of their names.
constexpr std::array<Provider, 3> kProvidersByName = {Provider::Database, Provider::Kerberos, Provider::Ldap};

}  // namespace

Result<> Services::follow() {
  std::array<bool, kProvidersByName.size()> stopped{};
  TRY(store_.read("SELECT name, stopped FROM service", {}, [&](const Row& row) {
    for (Provider provider : kProvidersByName) {
      if (row.text(0) == provider_name(provider)) stopped[std::size_t(provider)] = row.number(1) != 0;
    }
  }));
  for (std::size_t i = 0; i < stopped.size(); ++i) stopped_[i].store(stopped[i], std::memory_order_release);
  return {};
}

Result<std::vector<ServiceState>> list_services(store::Store& store) {
  std::vector<ServiceState> states;
  states.reserve(kProvidersByName.size());
  for (Provider provider : kProvidersByName) states.push_back({std::string(provider_name(provider)), false, {}});
  TRY(store.read("SELECT name, stopped, changed FROM service", {}, [&](const Row& row) {
    auto state = std::ranges::find(states, row.text(0), &ServiceState::name);
    if (state == states.end()) return;
    state->stopped = row.number(1) != 0;
    state->changed = std::chrono::system_clock::time_point(std::chrono::milliseconds(row.number(2)));
  }));
  return states;
}

Result<> set_service(store::Store& store, std::string_view name, bool stopped) {
  if (std::ranges::find(kProvidersByName, name, provider_name) == kProvidersByName.end()) {
    return fail(Kind::NotFound, "service.unknown",
                cat("there is no service \"", name, "\"; known: database, kerberos, ldap"));
  }
  (void)TRY(store.change(
      "INSERT INTO service (name, stopped, changed) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE "
      "SET stopped = excluded.stopped, changed = excluded.changed WHERE service.stopped <> excluded.stopped",
      {std::string(name), std::int64_t(stopped), store::now_in_store()}));
  return {};
}

}  // namespace pforte::identity
