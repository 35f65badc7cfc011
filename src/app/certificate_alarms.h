#pragma once

#include <vector>

#include "admin/status.h"
#include "gate/metrics.h"
#include "inventory/inventory.h"

namespace pforte::app {

// How the certificates of the inventory stand that are in use: shown or trusted by the gate, shown to it, or ready to
// be shown.
struct CertificateSight {
  std::vector<gate::CertificateExpiry> metrics;    // the first to end, 200 at most
  std::vector<admin::CertificateStatus> expiring;  // for which an alarm is due
};

// Judges them, and says in the log what is due: each alarm of a certificate once, also after a restart. One that is not
// shown, and for whose names there is another that ends later, is not worth an alarm. Blocks; fails as the store does.
Result<CertificateSight> judge_certificates(inventory::Inventory& inventory, inventory::Time now);

}  // namespace pforte::app
