#pragma once

#include "base/error.h"
#include "gate/plan.h"
#include "gate/tls_names.h"
#include "inventory/inventory.h"

namespace pforte::app {

// What the inventory learns from a gate that runs. Blocks; fails as the store does. Files that cannot be read, or are
// no certificates any more, are passed over.

// The certificates that its sites show, and those of the trust stores it names but for the system's.
Result<> record_plan(const gate::Plan& plan, const gate::TlsNames* names, inventory::Inventory& inventory);

// What the servers of its backends have shown since the last time. Whether there was anything.
Result<bool> record_servers(const gate::Plan& plan, inventory::Inventory& inventory);

}  // namespace pforte::app
