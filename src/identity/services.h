#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "identity/sign_in_config.h"
#include "store/store.h"

namespace pforte::identity {

// Which providers an administrator has stopped. What the store says is taken over by follow(), at once after
// `pforte service` and otherwise within a second. Reading costs a load; any thread.
class Services {
 public:
  explicit Services(store::Store& store) : store_(store) {}

  bool runs(Provider provider) const { return !stopped_[std::size_t(provider)].load(std::memory_order_acquire); }

  // Takes over what the store says. Fails as the store does; then nothing has changed.
  Result<> follow();

 private:
  store::Store& store_;
  std::atomic<bool> stopped_[3] = {};
};

// A row of `pforte service list`.
struct ServiceState {
  std::string name;  // "kerberos", "ldap", "database"
  bool stopped = false;
  std::chrono::system_clock::time_point changed;  // epoch: never
};

// Every provider there is, in order of name; for commands.
Result<std::vector<ServiceState>> list_services(store::Store& store);

// Writes it where it differs. Fails with Kind::NotFound (service.unknown) for a name that is none.
Result<> set_service(store::Store& store, std::string_view name, bool stopped);

}  // namespace pforte::identity
