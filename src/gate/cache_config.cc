#include "gate/cache_config.h"

namespace pforte::gate {

std::optional<CacheConfig> read_cache_config(conf::Reader& keys) {
  if (!keys.has("cache")) return std::nullopt;
  CacheConfig config;
  if (!keys.has_table("cache")) {
    config.on = keys.flag_or("cache", false);
    return config;
  }
  conf::Reader own = *keys.table("cache");
  config.on = true;
  config.entry = own.size_or("entry", config.entry, {.least = 1UZ << 10, .most = 64UZ << 20});
  config.withhold_identity = own.flag_or("withhold_identity", false);
  own.end();
  return config;
}

CacheMemoryConfig read_cache_memory_config(conf::Reader& document) {
  CacheMemoryConfig config;
  std::optional<conf::Reader> keys = document.table("cache");
  if (!keys) return config;
  config.memory = keys->size_or("memory", config.memory, {.least = 1UZ << 20, .most = 1UZ << 40});
  keys->end();
  return config;
}

}  // namespace pforte::gate
