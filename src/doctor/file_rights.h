#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace pforte::doctor {

// The nearest thing on the way to a file, or the file itself, that everybody on this machine can change: a file that
// may be written by others, or a folder in which they may replace it. A folder like /tmp, where each can remove only
// what is theirs, is none. None also where it cannot be looked at. Blocks.
std::optional<std::string> changed_by_everybody(const std::string& file);

// The user who owns the file. None: it is not there.
std::optional<uid_t> owner_of(const std::string& file);

}  // namespace pforte::doctor
