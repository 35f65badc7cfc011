#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/address.h"

namespace pforte::demo {

struct Stage;

// Where the demo's gate waits, on 127.0.0.1, and on ::1 where there is one.
inline constexpr std::uint16_t kTlsPort = 8443;
inline constexpr std::uint16_t kPlainPort = 8080;  // redirects to the former
inline constexpr std::uint16_t kAdminPort = 8444;  // on 127.0.0.1 alone

// All of them, on a machine with both.
std::vector<net::Address> demo_addresses();

// Its pforte.toml: a gate that signs people in by whatever stands on the stage, in front of an application that reads
// paths as Tomcat does.
std::string demo_configuration(const Stage& stage);

}  // namespace pforte::demo
