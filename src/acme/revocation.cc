#include "acme/revocation.h"

#include <optional>
#include <utility>
#include <vector>

#include "inventory/inventory.h"
#include "pki/certificate_file.h"
#include "pki/trust_store_change.h"

namespace pforte::acme {

Result<authority::LedgerEntry> revoke(store::Store& store, const std::string& serial,
                                      authority::RevocationReason reason, authority::UtcTime when) {
  std::optional<authority::LedgerEntry> revoked;
  auto revoke_and_retire = [&]() -> Result<> {
    revoked = TRY(authority::Ledger(store).revoke(serial, reason, when));
    std::vector<std::string> der = TRY(pki::read_certificates(revoked->certificate, serial));
    Result<> retired = inventory::Inventory(store).retire(pki::sha256_of(der.front()));
    if (!retired && retired.error().kind() != Kind::NotFound) return retired;
    return {};
  };
  TRY(store.transact(revoke_and_retire));
  return *std::move(revoked);
}

}  // namespace pforte::acme
