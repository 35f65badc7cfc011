#pragma once

#include "app/complaint.h"
#include "app/store_command.h"

namespace pforte::app {

// `pforte service list`, `start NAME`, `stop NAME`.
Answer<int> list_services(const StoreCall& call);
Answer<int> start_service(const StoreCall& call);
Answer<int> stop_service(const StoreCall& call);

}  // namespace pforte::app
