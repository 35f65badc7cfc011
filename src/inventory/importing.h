#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "inventory/inventory.h"
#include "inventory/material.h"

namespace pforte::inventory {

// A certificate that was imported, as it is in the inventory now.
struct ImportedCertificate {
  Entry entry;
  std::size_t chain_length = 1;  // certificates that a site sends with it, its own among them
  std::string missing_issuer;    // who issued the last of them, and is known neither here nor to the system; or empty
};

// Keeps every certificate of the material that is no authority's, each with its key, where one is there, and with the
// intermediates that lead to its root, from the material and from what the inventory has already; where there are
// authorities' alone, these. All or nothing.
//
// Fails with Kind::Invalid: certificate.none, certificate.damaged, and certificate.key-mismatch for a key that belongs
// to none of them.
Result<std::vector<ImportedCertificate>> import_material(Inventory& inventory, store::Store& store,
                                                         const Material& material, const std::string& owner);

}  // namespace pforte::inventory
