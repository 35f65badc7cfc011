#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace pforte::demo {

// Makes a file with that content and these rights. Fails with Kind::Unavailable (demo.write), also when there is one.
Result<> write_file(const std::string& file, std::string_view content, mode_t mode = 0600);

// Makes a folder for our eyes only. Fails likewise.
Result<> make_folder(const std::string& folder);

}  // namespace pforte::demo
