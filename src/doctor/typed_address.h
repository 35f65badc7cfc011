#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doctor/destination.h"
#include "doctor/finding.h"

namespace pforte::doctor {

// An address that the gate serves, as a person would type it.
struct ServedAddress {
  std::string host;  // "*.crm.example.com" stands for one label more
  std::uint16_t port = 0;
  std::string url;                 // "https://crm.example.com:8443/webclient"
  std::vector<std::string> paths;  // that are allowed below it; empty: all
};

// What is wrong with an address that somebody typed for one that the gate serves, and which was meant: http:// for
// https://, another port or none, an IP address, a short or misspelt name, a path that leads nowhere. None: nothing is
// wrong with it, or it means somebody else. `is_own_address`: its host is an IP address of the gate's. The finding is
// at the client, where the mistake was made, and an error; a warning where nothing but the path is missing.
std::optional<Finding> judge_typed(const Destination& typed, const std::vector<ServedAddress>& served,
                                   bool is_own_address);

}  // namespace pforte::doctor
