#pragma once

#include <cstdint>
#include <optional>

#include "conf/reader.h"

namespace pforte::gate {

// Which answers are kept to be given again: `cache = true` or `cache = { ... }` of a site or a rule.
struct CacheConfig {
  bool on = false;

  // Longest body that is kept, in bytes. 1 KiB to 64 MiB.
  std::uint64_t entry = 1UZ << 20;

  // The application is not told who asks: neither what the gate knows of the agent, nor the client's cookies or
  // Authorization. So nothing it answers can be meant for somebody, and agents may share it.
  bool withhold_identity = false;
};

// Reads `cache`; none when it is not there. What is wrong goes to the reader's problems.
std::optional<CacheConfig> read_cache_config(conf::Reader& keys);

// `[cache]`: what all sites together may keep.
struct CacheMemoryConfig {
  // In bytes, with everything that is kept beside the bodies. 1 MiB to 1 TiB.
  std::uint64_t memory = 64UZ << 20;
};

// Reads `[cache]` of the whole document.
CacheMemoryConfig read_cache_memory_config(conf::Reader& document);

}  // namespace pforte::gate
