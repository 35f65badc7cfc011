#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "conf/reader.h"

namespace pforte::gate {

// A line of `[responsible]`: who answers for a hop of communication paths, for reports and for nothing else.
struct ResponsibleConfig {
  static constexpr std::size_t kMostBytes = 200;

  conf::Text hop;  // "gate", "client", the name of a backend, a host: of a server, a proxy, a directory
  conf::Text who;  // "Network team, network@example.com, +49 30 1234"
};

// No block: nobody is named. What is wrong goes to the reader's problems.
std::vector<ResponsibleConfig> read_responsible_config(conf::Reader& document);

// The same of a file, for reports; what is wrong with it is told by whoever reads it whole. Empty also where it cannot
// be read.
std::vector<ResponsibleConfig> read_responsible(const std::string& file);

}  // namespace pforte::gate
