#pragma once

#include <chrono>
#include <optional>

#include "http/field.h"

namespace pforte::cache {

// The directives of all Cache-Control fields of a message (RFC 9111, 5.2), those of requests and of answers together.
// Unknown ones are passed over. `private="name"` and `no-cache="name"` count as if they named no field, which is
// always allowed.
struct CacheControl {
  using Seconds = std::chrono::seconds;

  // Longer than this is this long (RFC 9111, 1.2.2).
  static constexpr Seconds kLongest{0x7fffffff};

  bool no_store = false;
  bool no_cache = false;
  bool is_private = false;
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  bool must_understand = false;
  bool only_if_cached = false;
  std::optional<Seconds> max_age;
  std::optional<Seconds> s_maxage;
  std::optional<Seconds> min_fresh;
  std::optional<Seconds> max_stale;  // kLongest: however stale

  // A lifetime is malformed, or given twice with different values: then nothing is fresh (RFC 9111, 4.2.1).
  bool doubtful = false;
};

CacheControl parse_cache_control(const http::Fields& fields);

}  // namespace pforte::cache
