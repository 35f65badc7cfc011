#pragma once

#include <string>

#include "gate/alarm_config.h"
#include "inventory/inventory.h"

namespace pforte::app {

// Tells webhook and mail of the alarms of the last days of which they have not been told. Those that were told are
// remembered, so that each is told once. Blocks, for as long as deliveries take.
//
// Fails as the store does, with file.unreadable, and with alarm.undelivered; then it is to be tried again.
Result<> deliver_alarms(const gate::AlarmConfig& config, inventory::Inventory& inventory);

}  // namespace pforte::app
