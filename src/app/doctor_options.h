#pragma once

#include <optional>

#include "app/command_line.h"
#include "app/complaint.h"

namespace pforte::app {

// An option of `pforte doctor` that none of its subjects heeds: whoever gave it believes in an answer that there would
// not be. None: each of them is heeded.
std::optional<Complaint> unheeded_option(const CommandLine& line);

}  // namespace pforte::app
