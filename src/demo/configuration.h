#pragma once

#include <cstdint>
#include <string>

namespace pforte::demo {

struct Stage;

// Where the demo's gate waits, always on 127.0.0.1.
inline constexpr std::uint16_t kTlsPort = 8443;
inline constexpr std::uint16_t kPlainPort = 8080;  // redirects to the former
inline constexpr std::uint16_t kAdminPort = 8444;

// Its pforte.toml: a gate that signs people in by whatever stands on the stage, in front of an application that reads
// paths as Tomcat does.
std::string demo_configuration(const Stage& stage);

}  // namespace pforte::demo
