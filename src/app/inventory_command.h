#pragma once

#include <string>

#include "app/store_command.h"
#include "inventory/entry.h"

namespace pforte::app {

// The commands on the inventory of certificates. Each returns the exit status.
Answer<int> list_certificates(const StoreCall& call);
Answer<int> import_certificate(const StoreCall& call);
Answer<int> export_certificate(const StoreCall& call);
Answer<int> remove_certificate(const StoreCall& call);

// "CN=crm.example.com [1f2e3d4c]".
std::string described(const inventory::Entry& entry);

}  // namespace pforte::app
