#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pforte::app {

// The German for what the modules below say in English alone, of the store, agents and services. Names, and the words
// of the system, stay as they are. None: it is no sentence that is known here.
std::optional<std::string> in_german(std::string_view english);

}  // namespace pforte::app
