#pragma once

#include <functional>

#include "doctor/path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// What `look` tells, which blocks: it runs on the pool, on a path of its own, since the task may be gone before it
// ends. It owns what it uses.
net::Task<> look_aside(const Setting& setting, Path& path, std::function<void(Path&)> look);

}  // namespace pforte::doctor
