#pragma once

#include <chrono>
#include <optional>

#include "cache/cache_control.h"
#include "http/field.h"

namespace pforte::cache {

using Time = std::chrono::sys_seconds;
using Seconds = std::chrono::seconds;

// When an answer was asked for, and when it came.
struct Journey {
  Time asked;
  Time arrived;
};

// How long an answer is fresh, and how old it is (RFC 9111, 4.2). Only what the application itself has declared
// counts; nothing is guessed from Last-Modified.
struct Freshness {
  std::optional<Seconds> lifetime;  // in a shared cache; none: nothing was declared
  Time date;                        // when it was made, as far as known
  Seconds initial_age{0};           // as it arrived
  Time arrived;

  Seconds age(Time now) const { return initial_age + std::max(now - arrived, Seconds(0)); }
  // Negative: since when it is stale.
  Seconds time_to_live(Time now) const { return lifetime.value_or(Seconds(0)) - age(now); }
};

Freshness freshness_of(const http::Fields& answer, const CacheControl& control, Journey journey);

// The value of the first field with this name, which has none in http::FieldName; none if there is no such field.
std::optional<std::string_view> value_of(const http::Fields& fields, std::string_view name);

}  // namespace pforte::cache
