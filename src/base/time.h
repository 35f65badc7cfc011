#pragma once

#include <chrono>
#include <string>

namespace pforte {

// "2026-11-22T09:30:00Z": RFC 3339, in UTC, to the second.
std::string rfc3339(std::chrono::system_clock::time_point time);

}  // namespace pforte
