#pragma once

#include <string>
#include <string_view>

namespace pforte::app {

// Tells the service manager how we are ("READY=1", "STOPPING=1"), if one asked for it: sd_notify(3) of systemd. Does
// nothing without one.
void tell_service_manager(std::string_view state);

// How an administrator starts the gate on a machine: by its unit, where systemd runs and has it, else by hand. `root`:
// where the machine's folders lie.
//
// Source: systemd.unit(5), Unit File Load Path; sd_booted(3).
std::string_view start_command(const std::string& root = "");

}  // namespace pforte::app
