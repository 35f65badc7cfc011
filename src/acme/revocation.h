#pragma once

#include <string>

#include "authority/ledger.h"
#include "base/error.h"
#include "store/store.h"

namespace pforte::acme {

// Revokes a certificate of the company CA, and takes it out of use where the inventory has it: both or neither. What
// was revoked before is out of use afterwards too, and stays revoked as it was. Any thread; blocks. Fails as
// authority::Ledger::revoke() and as the store does.
Result<authority::LedgerEntry> revoke(store::Store& store, const std::string& serial,
                                      authority::RevocationReason reason, authority::UtcTime when);

}  // namespace pforte::acme
