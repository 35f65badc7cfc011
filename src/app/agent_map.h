#pragma once

#include "app/complaint.h"
#include "app/store_command.h"

namespace pforte::app {

// `pforte agent map PRINCIPAL`: whom a ticket of that name would sign in, by the configuration as it is in the file.
// Exit 1 when that is nobody.
Answer<int> map_principal(const StoreCall& call);

}  // namespace pforte::app
