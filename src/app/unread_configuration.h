#pragma once

#include <string>

#include "app/complaint.h"
#include "conf/problem.h"

namespace pforte::app {

// Why nothing can be told by a configuration: its first error, or that `file` cannot be read at all.
Complaint unread_configuration(const std::string& file, const conf::Problems& problems);

}  // namespace pforte::app
