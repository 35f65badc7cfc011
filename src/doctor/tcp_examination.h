#pragma once

#include <vector>

#include "doctor/name_examination.h"
#include "doctor/path.h"
#include "doctor/setting.h"
#include "net/address.h"

namespace pforte::doctor {

// Connects to all addresses of a station at once, and tells the path which take connections, how long that takes, and
// what the others say. Gives back those that do, in the order in which clients try them. All must outlive the task.
net::Task<std::vector<net::Address>> examine_tcp(const Setting& setting, const Station& station,
                                                 std::vector<net::Address> addresses, Path& path);

}  // namespace pforte::doctor
