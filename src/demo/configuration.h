#pragma once

#include <cstdint>
#include <string>

#include "demo/authority.h"

namespace pforte::demo {

// Where the demo's gate waits, always on 127.0.0.1.
inline constexpr std::uint16_t kTlsPort = 8443;
inline constexpr std::uint16_t kPlainPort = 8080;  // redirects to the former
inline constexpr std::uint16_t kAdminPort = 8444;

// Its pforte.toml: a gate with the papers that issue_papers() left in `state_dir`, in front of an application at
// `application_port` that reads paths as Tomcat does.
std::string demo_configuration(const std::string& state_dir, std::uint16_t application_port);

}  // namespace pforte::demo
