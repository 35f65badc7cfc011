// Lifetimes stay within their bounds, and saying everything twice changes nothing. A date that can be read is written
// so that it reads the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cache/cache_control.h"
#include "http/date.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pforte;
  using cache::CacheControl;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  http::Fields fields{{"Cache-Control", text, http::FieldName::CacheControl}};
  CacheControl once = cache::parse_cache_control(fields);
  for (const auto& lifetime : {once.max_age, once.s_maxage, once.min_fresh, once.max_stale}) {
    if (lifetime && (lifetime->count() < 0 || *lifetime > CacheControl::kLongest)) std::abort();
  }
  fields.push_back(fields.front());
  CacheControl twice = cache::parse_cache_control(fields);
  if (once.is_private != twice.is_private || once.no_store != twice.no_store || once.is_public != twice.is_public)
    std::abort();
  if (once.doubtful != twice.doubtful || (!once.doubtful && once.max_age != twice.max_age)) std::abort();

  if (auto date = http::parse_date(text)) {
    if (http::parse_date(http::date_text(*date)) != date) std::abort();
  }
  return 0;
}
