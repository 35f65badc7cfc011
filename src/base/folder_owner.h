#pragma once

#include <string>

namespace pforte {

// Gives an open file, which lies at `path`, to who owns its folder, if we are root: what an administrator's command
// makes, the gate's user has to open as well. errno of what was refused; 0 if nothing was.
int give_to_owner_of_folder(const std::string& path, int descriptor);

}  // namespace pforte
