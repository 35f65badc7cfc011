#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/name_facts.h"
#include "doctor/path.h"
#include "doctor/setting.h"

namespace pforte::doctor {

// A machine on a path: what it is called, and which hop it is.
struct Station {
  std::string host;  // as Destination::host
  std::uint16_t port = 0;
  std::optional<net::Address> at;  // instead of the name's addresses
  std::size_t hop = 0;
};

// Finds the addresses of a station as this machine sees them, asks each name server for itself, and tells the path what
// does not fit together. Empty where there is none, which has been told then. An address is itself. All must outlive
// the task.
net::Task<std::vector<net::Address>> examine_name(const Setting& setting, const NameFacts& facts,
                                                  const Station& station, Path& path);

}  // namespace pforte::doctor
