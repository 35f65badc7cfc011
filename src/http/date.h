#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace pforte::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). Years 0 to 9999.
std::string date_text(std::chrono::sys_seconds time);

// The same for now, valid on this thread until the next call.
std::string_view date_now();

}  // namespace pforte::http
