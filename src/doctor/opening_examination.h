#pragma once

#include <string>

#include "doctor/destination.h"
#include "doctor/name_examination.h"
#include "doctor/path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// Says the first word of the destination's protocol to an address that takes connections: once in one packet and once
// in more than one. Tells the path when the connection is closed at once, when nothing ever comes back, and when only
// small packets get through. False: it makes no sense to go on. All must outlive the task.
net::Task<bool> examine_opening(const Setting& setting, const Destination& destination, net::Address at,
                                std::size_t hop, Path& path);

}  // namespace pforte::doctor
