#pragma once

#include "app/complaint.h"
#include "app/store_command.h"

namespace pforte::app {

// `pforte backend drain NAME [URL]`, `undrain NAME [URL]`: one server of a backend of the configuration, or all of
// them.
Answer<int> drain_backend(const StoreCall& call);
Answer<int> undrain_backend(const StoreCall& call);

}  // namespace pforte::app
