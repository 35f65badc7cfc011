#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "gate/plan.h"
#include "gate/tls_names.h"
#include "inventory/inventory.h"

namespace pforte::app {

// What the inventory learns from a gate that runs. Blocks; fails as the store does. Files that cannot be read, or are
// no certificates any more, are passed over.

// The certificates that its sites show from files, those of the trust stores it names but for the system's, and those
// of the company CA.
struct PlanCertificates {
  struct Placed {
    std::string pem, place;
  };
  std::vector<Placed> shown, trusted, own;  // own: of the company CA
  std::set<std::string> unreadable;         // what is left out of trust stores, and why
};

// Opening a trust store may take long: nobody else should wait for it.
PlanCertificates read_certificates(const gate::Plan& plan);

// Those, and the ones that sites show from the inventory itself.
Result<> record_plan(const PlanCertificates& certificates, const gate::TlsNames* names,
                     inventory::Inventory& inventory);

// What the servers of its backends have shown since the last time. Whether there was anything.
Result<bool> record_servers(const gate::Plan& plan, inventory::Inventory& inventory);

// What the servers of its directory have shown, where that is another than `recorded` says, which is brought up to
// date. Whether there was anything.
using ShownByServer = std::map<std::string, std::string>;  // DER, by the server's URL
Result<bool> record_directories(const gate::Plan& plan, ShownByServer& recorded, inventory::Inventory& inventory);

}  // namespace pforte::app
