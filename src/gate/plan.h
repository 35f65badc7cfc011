#pragma once

#include <memory>
#include <vector>

#include "conf/problem.h"
#include "gate/backend.h"
#include "gate/config.h"
#include "gate/metrics.h"
#include "gate/site.h"

namespace pforte::gate {

// Everything that workers go by, put together from the configuration and the files it names. Never changes: a reload
// makes a new one and hands it to every worker.
struct Plan {
  Config config;
  std::vector<std::unique_ptr<Backend>> backends;
  std::vector<std::unique_ptr<Site>> sites;
  HostMap<Site> hosts;
  std::shared_ptr<const tls::ServerNames> names;  // null where no listener speaks TLS

  // The site a host name stands for, in any case and with or without a port; null if there is none.
  const Site* find_site(std::string_view authority) const;

  // ":8443" behind https names in redirects; empty for 443.
  std::string https_port;
};

// Reads and judges the files a configuration names. Everything that is wrong goes to `problems`; null exactly when one
// of them is an error. What is known of the servers of `previous` is kept where they stay the same. `numbered` gives
// each site its number for the counters.
std::shared_ptr<const Plan> make_plan(Config config, const Plan* previous, SiteNames& numbered,
                                      conf::Problems& problems);

}  // namespace pforte::gate
