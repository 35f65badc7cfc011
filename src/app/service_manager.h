#pragma once

#include <string_view>

namespace pforte::app {

// Tells the service manager how we are ("READY=1", "STOPPING=1"), if one asked for it: sd_notify(3) of systemd. Does
// nothing without one.
void tell_service_manager(std::string_view state);

}  // namespace pforte::app
