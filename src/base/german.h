#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pforte {

// The German for what our modules say in English alone, and for the common errors of the system, OpenSSL and SQLite.
// Names stay as they are. None: it is no sentence that is known here.
std::optional<std::string> in_german(std::string_view english);

// The same, and as it is where there is none.
std::string german_or_same(const std::string& english);

}  // namespace pforte
