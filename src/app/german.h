#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pforte::app {

// The German for what the modules below say in English alone, of the store, agents, services and the control socket.
// Names, and the words of the system, stay as they are. None: it is no sentence that is known here.
std::optional<std::string> in_german(std::string_view english);

// The same, and as it is where there is none.
std::string german_or_same(const std::string& english);

}  // namespace pforte::app
