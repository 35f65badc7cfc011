#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace pforte::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). Years 0 to 9999.
std::string date_text(std::chrono::sys_seconds time);

// Reads a date in one of the three forms that were ever allowed (RFC 9110, 5.6.7). None when it is no date.
std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

// The same as date_text() for now, valid on this thread until the next call.
std::string_view date_now();

}  // namespace pforte::http
