#pragma once

#include <string>
#include <vector>

#include "cache/recording.h"
#include "cache/storing.h"

namespace pforte::cache {

inline constexpr Time kNow{Seconds(1'700'000'000)};

inline http::Fields fields_of(const std::vector<std::pair<std::string_view, std::string_view>>& lines) {
  http::Fields out;
  out.reserve(lines.size());
  for (const auto& [name, value] : lines) out.push_back({name, value, http::known_field(name)});
  return out;
}

// One request, and what an application answers to it.
struct Case {
  http::Fields request;
  http::ResponseHead head;
  std::string_view key = "site https://crm.example.com/";
  std::string_view backend = "app";
  bool by_agent = false;
  Journey journey{kNow, kNow};

  explicit Case(const std::vector<std::pair<std::string_view, std::string_view>>& answer,
                const std::vector<std::pair<std::string_view, std::string_view>>& asked = {})
      : request(fields_of(asked)) {
    head.status = 200;
    head.fields = fields_of(answer);
  }

  Wanted wanted() const { return {.key = key, .backend = backend, .request = request, .by_agent = by_agent}; }
  Freshness freshness() const { return freshness_of(head.fields, parse_cache_control(head.fields), journey); }
  bool storable() const { return may_store(wanted(), head, parse_cache_control(head.fields), freshness()); }

  // As it asks for it now.
  Wanted wanted_of(const ResponseCache& cache) const {
    Wanted now = wanted();
    now.epoch = cache.epoch(key);
    return now;
  }
  // Whether it could be stored.
  bool store_in(ResponseCache& cache, std::string_view body = "body", std::size_t most = 1UZ << 20) const {
    auto recording = Recording::begin(cache, wanted_of(cache), head, freshness(), 0, most);
    return recording && recording->take(body) && recording->finish();
  }
};

}  // namespace pforte::cache
