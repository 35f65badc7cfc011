#include "app/capacity.h"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

namespace pforte::app {
namespace {

// Raises the limit of open files as far as the system lets us, and returns it.
std::size_t descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

unsigned worker_count(const gate::Config& config) {
  return config.workers > 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
}

// Each client may need a descriptor to a backend; some are for the gate itself.
std::size_t most_clients(const gate::Limits& limits, unsigned workers) {
  std::size_t descriptors = descriptor_limit();
  std::size_t own = std::min<std::size_t>(64, descriptors / 4) + 4UZ * workers;
  std::size_t possible = descriptors > own ? (descriptors - own) / 2 : 1;
  std::size_t wanted = limits.connections == 0 ? possible : std::min(limits.connections, possible);
  return std::max<std::size_t>(1, wanted / workers);
}

}  // namespace pforte::app
