#pragma once

#include <vector>

#include "net/task.h"

namespace pforte::doctor {

// Runs tasks side by side until each has ended, well or badly: what one fails with stops no other, and is dropped.
net::Task<> all_ended(std::vector<net::Task<>> tasks);

}  // namespace pforte::doctor
