#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pforte {

// What the system's clock shows, without parts of a second.
std::chrono::sys_seconds now_in_seconds();

// "2026-11-22T09:30:00Z": RFC 3339, in UTC, to the second.
std::string rfc3339(std::chrono::sys_seconds time);
std::string rfc3339(std::chrono::system_clock::time_point time);

// Reads RFC 3339, with "Z" or a distance from UTC; parts of a second are dropped. None: it is no such time.
std::optional<std::chrono::sys_seconds> read_rfc3339(std::string_view text);

// "2026-11-22T09:30:00.123Z".
std::string rfc3339_to_the_millisecond(std::chrono::system_clock::time_point time);

}  // namespace pforte
